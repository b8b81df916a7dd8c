import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { PinnedWheel } from "specialist/internal/runtime/library/mod.ts";

/** A wheel with these files, stored without compression, and its pin. */
export function makeWheel(files: Record<string, string>): { bytes: Uint8Array; pin: PinnedWheel } {
  const bytes = zip(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));
  const pin: PinnedWheel = {
    project: "tensorflow-cpu",
    version: "9.9.9",
    flavour: "cpu",
    fileName: "tensorflow_cpu-9.9.9-cp311-cp311-manylinux_2_27_x86_64.whl",
    size: bytes.length,
    sha256: digest(bytes),
    files: {
      "libtensorflow_framework.so.2": contentOf(files["tensorflow/libtensorflow_framework.so.2"]),
      "libtensorflow_cc.so.2": contentOf(files["tensorflow/libtensorflow_cc.so.2"]),
    },
  };
  return { bytes, pin };
}

function contentOf(text = "") {
  return { size: text.length, sha256: digest(Buffer.from(text)) };
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The ZIP format, as far as stored files need it. */
function zip(files: [name: string, data: Buffer][]): Uint8Array {
  const bodies: Buffer[] = [], directory: Buffer[] = [];
  let offset = 0;
  for (const [name, data] of files) {
    const sizes = [u32(crc32(data)), u32(data.length), u32(data.length), u16(name.length), u16(0)];
    const body = Buffer.concat([
      ...[u32(0x04034b50), u16(20), u16(0), u16(0), u32(0), ...sizes],
      ...[Buffer.from(name), data],
    ]);
    directory.push(
      ...[u32(0x02014b50), u16(20), u16(20), u16(0), u16(0), u32(0), ...sizes],
      ...[u16(0), u16(0), u16(0), u32(0), u32(offset), Buffer.from(name)],
    );
    bodies.push(body);
    offset += body.length;
  }
  const index = Buffer.concat(directory);
  const count = u16(files.length);
  const end = [u32(0x06054b50), u16(0), u16(0), count, count, u32(index.length), u32(offset)];
  return Buffer.concat([...bodies, index, ...end, u16(0)]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
