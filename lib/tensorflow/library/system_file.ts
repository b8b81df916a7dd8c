import { cLibrary, cString } from "./c_library.ts";

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
