import { existsSync } from "node:fs";
import { join } from "node:path";

/** Where the linker looks on Linux, whatever it was told. */
export const systemFolders = [
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
  }).symbols;
}

/** `text` as C has it: with a zero behind. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text + "\0");
}
