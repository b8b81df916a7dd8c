/**
 * TensorFlow's C library on this machine: found, or downloaded, verified and unpacked.
 * @module
 */
export { damagedFiles, isInstalled, verifyInstalled } from "./installed.ts";
export { loadLibrary } from "./load.ts";
export { availableMemory, limitMemory } from "./memory.ts";
export { type PinnedWheel, pinnedWheel } from "./pinned_wheel.ts";
export { cLibraryPath, hasNvidiaDriver, readSystemFile } from "./platform.ts";
export {
  cudaRequested,
  type Library,
  libraryPlace,
  locateLibrary,
  noLibrary,
  obtainLibrary,
  resolveLibrary,
  userLibrary,
  verifyLibrary,
  wantedWheel,
} from "./resolve.ts";
