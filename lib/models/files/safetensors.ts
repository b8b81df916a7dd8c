/** Checkpoints in the safetensors format. */
import {
  requireFile,
  sha256,
  sizeOf,
  UserError,
  writeAll,
  writeAtomically,
} from "../../internal/runtime/mod.ts";
import { type DtypeName, dtypes, type Numbers, requireFinite } from "./dtypes.ts";
import {
  formatHeader,
  type Header,
  maxHeaderBytes,
  parseHeader,
  type TensorEntry,
} from "./safetensors_header.ts";

/** A tensor in main memory. */
export type NamedArray = {
  shape: number[];
  /** What a file stores it as. F16 and BF16 are float32 in `data`, I64 is int32, BOOL is 0 or 1. */
  dtype: DtypeName;
  /** Row-major. */
  data: Numbers;
};

/** A tensor to be written. */
export type ArrayToWrite = NamedArray | FilledArray;

/** A tensor whose numbers are asked for when they are written, and come into memory used for all. */
type FilledArray = Omit<NamedArray, "data"> & {
  fill(numbers: Float32Array<ArrayBuffer>): void;
};

type Safetensors = {
  tensors: Record<string, NamedArray>;
  metadata: Record<string, string>;
};

/** An open file, whose tensors are read one at a time. */
export type SafetensorsFile = Disposable & {
  /** In the order of their data. */
  entries: TensorEntry[];
  metadata: Record<string, string>;
  /** @throws UserError naming file and tensor if it cannot be read */
  read(entry: TensorEntry): NamedArray;
  /** `read`, of weights. @throws UserError also if float32 does not hold a number */
  readWeights(entry: TensorEntry): NamedArray;
  /** Fills `bytes` with a tensor's bytes, as they are, from `offset` on. @throws as `read` does */
  readInto(entry: TensorEntry, bytes: Uint8Array<ArrayBuffer>, offset: number): void;
};

/**
 * Reads a file's header.
 *
 * @throws UserError naming the file if it is no file, cut short, or its header does not fit its data;
 * or the system's error
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  requireFile(path);
  const file = await Deno.open(path);
  let isOpen = true;
  const close = () => {
    if (isOpen) file.close();
    isOpen = false;
  };
  const naming = <T>(work: () => T, entry?: TensorEntry): T => {
    try {
      return work();
    } catch (error) {
      const tensor = entry ? `tensor "${entry.name}": ` : "";
      throw new UserError({
        what: tensor + (error as Error).message,
        file: path,
        remedy: "download or save the file again",
      }, { cause: error });
    }
  };
  try {
    const { start, ...header } = naming(() => readHeader(file));
    const bytesOf = ({ begin, end }: TensorEntry) =>
      readAt(file, start + begin, new Uint8Array(end - begin));
    return {
      ...header,
      read: (entry) => naming(() => decode(entry, bytesOf(entry)), entry),
      readWeights: (entry) =>
        naming(() => decode(entry, requireFinite(entry.dtype, bytesOf(entry))), entry),
      readInto(entry, bytes, offset) {
        const position = start + entry.begin + offset;
        naming(() => readAt(file, position, bytes), entry);
      },
      [Symbol.dispose]: close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * Reads all tensors of a file, each into memory of its own.
 *
 * ```ts
 * const { tensors } = await readSafetensors("unet/diffusion_pytorch_model.safetensors");
 * tensors["conv_in.weight"].shape; // [320, 4, 3, 3]
 * ```
 *
 * @throws UserError naming the file, and the tensor where it is one, if it is cut short or its header
 * does not fit its data; or the system's error
 */
export async function readSafetensors(path: string): Promise<Safetensors> {
  using file = await openSafetensors(path);
  const tensors: [string, NamedArray][] = [];
  for (const entry of file.entries) tensors.push([entry.name, file.read(entry)]);
  return { tensors: Object.fromEntries(tensors), metadata: file.metadata };
}

/**
 * Writes a file that appears complete or not at all. Its metadata say `format: "pt"`, which
 * transformers asks for, unless `metadata` says otherwise.
 *
 * @throws Error naming the file, and the tensor where it is one, if it cannot be written, a shape
 * does not fit its data, or a number its dtype
 */
export async function writeSafetensors(
  path: string,
  tensors: Record<string, ArrayToWrite>,
  metadata: Record<string, string> = {},
): Promise<void> {
  await writeAtomically(path, async (file) => {
    const entries = layOut(tensors);
    const header = new TextEncoder().encode(
      formatHeader({ entries, metadata: { format: "pt", ...metadata } }),
    );
    await writeAll(file, new Uint8Array(new BigUint64Array([BigInt(header.length)]).buffer));
    await writeAll(file, header);
    for (const bytes of encodeAll(entries, tensors)) await writeAll(file, bytes);
  });
}

/** SHA-256 of the tensors' bytes as {@link writeSafetensors} writes them, without the header. */
export function hashTensors(tensors: Record<string, ArrayToWrite>): string {
  return sha256(encodeAll(layOut(tensors), tensors));
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** `start` is the byte at which the data begin. */
function readHeader(file: Deno.FsFile): Header & { start: number } {
  const headerBytes = readHeaderLength(file);
  const start = 8 + headerBytes;
  const dataBytes = file.statSync().size - start;
  if (dataBytes < 0) throw new Error("ends before its header does");
  const json = decodeHeader(readAt(file, 8, new Uint8Array(headerBytes)));
  return { ...parseHeader(json, dataBytes), start };
}

function decodeHeader(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Error("the header is not text in UTF-8");
  }
}

function readHeaderLength(file: Deno.FsFile): number {
  const [length] = new BigUint64Array(readAt(file, 0, new Uint8Array(8)).buffer);
  if (length > maxHeaderBytes) {
    throw new Error(`not a safetensors file: the header would be ${length} bytes long`);
  }
  return Number(length);
}

function decode({ shape, dtype }: TensorEntry, bytes: Uint8Array<ArrayBuffer>): NamedArray {
  return { shape, dtype, data: dtypes[dtype].decode(bytes.buffer) };
}

/** Reads as many bytes from `position` on as `bytes` has room for. */
function readAt(
  file: Deno.FsFile,
  position: number,
  bytes: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  file.seekSync(position, Deno.SeekMode.Start);
  for (let filled = 0; filled < bytes.length;) {
    const count = file.readSync(bytes.subarray(filled));
    if (count === null) throw new Error("cut short");
    filled += count;
  }
  return bytes;
}

/** Widest numbers first, so that all are aligned, then by name. */
function layOut(tensors: Record<string, ArrayToWrite>): TensorEntry[] {
  const sorted = Object.entries(tensors).sort(([nameA, a], [nameB, b]) =>
    dtypes[b.dtype].bytes - dtypes[a.dtype].bytes || (nameA < nameB ? -1 : 1)
  );
  let end = 0;
  return sorted.map(([name, { dtype, shape }]) => {
    if (name === "__metadata__") throw new Error('no tensor can be called "__metadata__"');
    const begin = end;
    end += sizeOf(shape) * dtypes[dtype].bytes;
    return { name, dtype, shape, begin, end };
  });
}

/** Each tensor's bytes, which are to be used before the next tensor's are asked for. */
function* encodeAll(
  entries: TensorEntry[],
  tensors: Record<string, ArrayToWrite>,
): Generator<Uint8Array> {
  const filled = Object.values(tensors).filter((array) => "fill" in array);
  const room = new Float32Array(Math.max(0, ...filled.map(({ shape }) => sizeOf(shape))));
  for (const { name, dtype, shape } of entries) {
    const array = tensors[name];
    if ("fill" in array) {
      const data = room.subarray(0, sizeOf(shape));
      array.fill(data);
      yield encode(name, { dtype, shape, data });
    } else {
      yield encode(name, array);
    }
  }
}

function encode(name: string, { dtype, shape, data: numbers }: NamedArray): Uint8Array {
  if (numbers.length !== sizeOf(shape)) {
    throw new Error(`tensor "${name}" is [${shape}], but has ${numbers.length} numbers`);
  }
  try {
    const { buffer, byteOffset, byteLength } = dtypes[dtype].encode(numbers);
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (error) {
    throw new Error(`tensor "${name}": ${(error as Error).message}`);
  }
}
