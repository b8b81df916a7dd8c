/**
 * What a fuzz target is: a parser, seeds to change, and what must hold of everything it accepts.
 */
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import type { z } from "zod";
import { readJson } from "specialist/internal/runtime/mod.ts";
import type { ParameterSpecs } from "specialist/models";

/** A folder's files, by their paths in it. */
export type Files = Record<string, Uint8Array>;

/** A parser under test. */
export type Target<T> = {
  /** What is read, in the report's words. */
  title: string;
  /** Bytes of the largest value that a small file may stand for, as an image of one colour does. */
  expandsTo?: number;
  /** Folders that are accepted, as this project's own writers make them. */
  seeds(): Promise<Files[]>;
  /** Folders that are to be refused, and are changed like the others. */
  hostile?(): Promise<Files[]>;
  /** Reads what is in `folder`, and writes below it, if at all. */
  read(folder: string): Promise<T>;
  /** Throws where an accepted value is not what the parser promises. */
  check(value: T): void | Promise<void>;
};

/** For type inference. */
export function defineTarget<T>(target: Target<T>): Target<T> {
  return target;
}

// Seeds as this project's own writers make them.

/** The files that `write` leaves in a new folder. */
export async function seedFrom(write: (folder: string) => Promise<unknown>): Promise<Files> {
  const folder = await Deno.makeTempDir();
  try {
    await write(folder);
    return await filesBelow(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function filesBelow(folder: string, prefix = ""): Promise<Files> {
  const files: Files = {};
  for await (const { name, isDirectory } of Deno.readDir(join(folder, prefix))) {
    const path = prefix + name;
    if (isDirectory) Object.assign(files, await filesBelow(folder, `${path}/`));
    else files[path] = await Deno.readFile(join(folder, path));
  }
  return files;
}

export function textFile(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function jsonFile(value: unknown): Uint8Array {
  return textFile(JSON.stringify(value));
}

/** @throws Error if an accepted value is not what it should be */
export function requireThat(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`accepted, but ${what}`);
}

// Targets of a network's config.json.

const file = "config.json";

/** @param check what else is true of a configuration that was accepted */
export function networkConfigTarget<C extends object>(
  title: string,
  { schema, seeds, specs, check }: {
    schema: z.ZodType<C>;
    seeds: object[];
    specs(config: C): ParameterSpecs;
    check(config: C): void;
  },
): Target<C> {
  return defineTarget({
    title,
    seeds: () => Promise.resolve(seeds.map((config) => ({ [file]: jsonFile(config) }))),
    read: (folder) => readJson(join(folder, file), schema),
    check(config) {
      check(config);
      JSON.stringify(config);
      for (const [name, { shape }] of Object.entries(specs(config))) {
        requireThat(shape.every((size) => Number.isSafeInteger(size)), `${name} is [${shape}]`);
      }
    },
  });
}

/** A black image, one bit a pixel: some kilobytes for hundreds of megabytes. */
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
