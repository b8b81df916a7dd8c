import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { systemFolders } from "./c_library.ts";

const library = "libcuda.so.1";

/** Whether the driver of an NVIDIA GPU is present, that is whether the linker would find its library. */
export function hasNvidiaDriver(): boolean {
  const named = (Deno.env.get("LD_LIBRARY_PATH") ?? "").split(":").filter(Boolean);
  const paths = [...named, ...systemFolders].map((folder) => join(folder, library));
  return [...paths, ...cached()].some((path) => existsSync(path));
}

/** Its paths in the linker's cache, where those of all libraries in the system's folders stand. */
function cached(): string[] {
  try {
    return readFileSync("/etc/ld.so.cache", "latin1").match(/[^\0]*\/libcuda\.so\.1(?=\0)/g) ?? [];
  } catch {
    return [];
  }
}
