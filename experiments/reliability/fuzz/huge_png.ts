import { Buffer } from "node:buffer";
import { crc32, deflateSync } from "node:zlib";

/** A black square, one bit a pixel: some kilobytes for hundreds of megabytes. */
export function hugePng(side: number): Uint8Array {
  const depthAndMethods = Buffer.of(1, 0, 0, 0, 0);
  const rows = Buffer.alloc(side * (1 + Math.ceil(side / 8)));
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", Buffer.concat([u32(side), u32(side), depthAndMethods])),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type), data]);
  return Buffer.concat([u32(data.length), typed, u32(crc32(typed))]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
