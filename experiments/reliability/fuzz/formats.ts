/** Where files have JSON inside, and checksums. */
import { extname } from "node:path";
import { crc32 } from "node:zlib";

type Format = {
  /** JSON in the file, `line` where there is more than one, and the file with another in its place. */
  json?(bytes: Uint8Array, line: number): { text: string; replace(text: string): Uint8Array };
  /** The file with its checksums right. */
  seal?(bytes: Uint8Array): Uint8Array;
};

const whole: Format = { json: (bytes) => ({ text: decode(bytes), replace: encode }) };
const lines: Format = { json: lineOf };

const formats: Record<string, Format> = {
  ".json": whole,
  ".ipynb": whole,
  ".jsonl": lines,
  ".safetensors": { json: headerOf },
  ".png": { seal: sealPng },
};

export function formatOf(file: string): Format {
  return formats[extname(file)] ?? {};
}

function lineOf(bytes: Uint8Array, line: number) {
  const all = decode(bytes).split("\n");
  const at = line % all.length;
  return { text: all[at], replace: (text: string) => encode(all.with(at, text).join("\n")) };
}

/** The header of a safetensors file, whose length stands before it. */
function headerOf(bytes: Uint8Array) {
  const claimed = bytes.length < 8 ? 0n : new DataView(bytes.buffer, bytes.byteOffset)
    .getBigUint64(0, true);
  const end = 8 + Math.min(Number(claimed), bytes.length);
  return {
    text: decode(bytes.subarray(8, end)),
    replace(text: string) {
      const header = encode(text), data = bytes.subarray(end);
      const file = new Uint8Array(8 + header.length + data.length);
      new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
      file.set(header, 8);
      file.set(data, 8 + header.length);
      return file;
    },
  };
}

/** PNG's chunks: length, type, data, and the CRC of type and data. */
function sealPng(bytes: Uint8Array): Uint8Array {
  const sealed = bytes.slice();
  const view = new DataView(sealed.buffer);
  for (let start = 8; start + 12 <= sealed.length;) {
    const end = start + 8 + view.getUint32(start);
    if (end + 4 > sealed.length) break;
    view.setUint32(end, crc32(sealed.subarray(start + 4, end)));
    start = end + 4;
  }
  return sealed;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
