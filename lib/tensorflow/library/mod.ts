/**
 * TensorFlow's C library on this machine: found, or downloaded, verified and unpacked.
 * @module
 */
export { type InstallProgress } from "./install_library.ts";
export { damagedFiles, isInstalled, verifyInstalled } from "./installed_library.ts";
export { cLibraryPath } from "./c_library.ts";
export type { Library } from "./library.ts";
export { loadLibrary } from "./load_library.ts";
export { hasNvidiaDriver } from "./nvidia_driver.ts";
export { type Flavour, type PinnedWheel, pinnedWheel } from "./pinned_wheel.ts";
export {
  libraryPlace,
  locateLibrary,
  noLibrary,
  obtainLibrary,
  resolveLibrary,
  verifyLibrary,
} from "./resolve_library.ts";
export { readSystemFile } from "./system_file.ts";
export { userLibrary } from "./user_library.ts";
export { cudaRequested, wantedWheel } from "./wanted_wheel.ts";
