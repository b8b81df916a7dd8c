import { Buffer } from "node:buffer";
import { crc32, deflateSync } from "node:zlib";

/** A black picture, one bit a pixel: some kilobytes for hundreds of megabytes. */
export function hugePng(width: number, height: number): Uint8Array {
  const depthAndMethods = Buffer.of(1, 0, 0, 0, 0);
  const rows = Buffer.alloc(height * (1 + Math.ceil(width / 8)));
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", Buffer.concat([u32(width), u32(height), depthAndMethods])),
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
