/** What the operating system offers: its C library, an NVIDIA driver, system files. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where the linker looks on Linux, whatever it was told. */
const systemFolders = [
  ...["/lib", "/usr/lib"].map((folder) => `${folder}/${Deno.build.arch}-linux-gnu`),
  ...["/lib64", "/usr/lib64", "/usr/lib", "/lib"],
];

let opened: ReturnType<typeof open> | undefined;

/** C's library on Linux: what Deno has no name for. Throws elsewhere. */
export function cLibrary(): ReturnType<typeof open> {
  return opened ??= open();
}

/**
 * Where C's library is. A process that may open certain libraries only has to name it by its path;
 * where that is not known, its mere name is left, which does for a process that may open any.
 */
export function cLibraryPath(): string {
  return systemFolders.map((folder) => join(folder, "libc.so.6")).find((path) =>
    existsSync(path)
  ) ??
    "libc.so.6";
}

function open() {
  return Deno.dlopen(cLibraryPath(), {
    dlopen: { parameters: ["buffer", "i32"], result: "usize" },
    dup: { parameters: ["i32"], result: "i32" },
    dup2: { parameters: ["i32", "i32"], result: "i32" },
    open: { parameters: ["buffer", "i32"], result: "i32" },
    read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
    close: { parameters: ["i32"], result: "i32" },
    getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
    setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  }).symbols;
}

/** `text` as C has it: with a zero behind. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text + "\0");
}

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

const O_RDONLY = 0;

/**
 * What Linux says in a file of /proc or /sys, which Deno itself shows only to processes that may do
 * everything; undefined where there is no such file.
 */
export function readSystemFile(path: string): string | undefined {
  if (Deno.build.os !== "linux") return undefined;
  const { open, read, close } = cLibrary();
  const file = open(cString(path), O_RDONLY);
  if (file < 0) return undefined;
  try {
    const decoder = new TextDecoder();
    const bytes = new Uint8Array(2 ** 16);
    let text = "";
    for (let count; (count = Number(read(file, bytes, BigInt(bytes.length)))) > 0;) {
      text += decoder.decode(bytes.subarray(0, count), { stream: true });
    }
    return text;
  } finally {
    close(file);
  }
}
