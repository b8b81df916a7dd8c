/** Inputs: a seed's folder in which one file is changed. */
import fc from "fast-check";
import { extname, join } from "node:path";
import { crc32 } from "node:zlib";
import { type ByteMutation, byteMutation, mutateBytes } from "./mutate_bytes.ts";
import { type JsonMutation, jsonMutation, mutateJson } from "./mutate_json.ts";
import type { Files } from "./target.ts";

const jsonChange = fc.record({ line: fc.nat(0xffff), json: jsonMutation });
const byteChange = fc.record({ bytes: byteMutation });

type Change = { line: number; json: JsonMutation } | { bytes: ByteMutation };

/** `seed` is its number, `file` a path in it. */
export type Input = {
  seed: number;
  file: string;
  how: { stand: Stand } | { changes: Change[]; sealed: boolean };
};

/** Inputs that can be made smaller: fewer and simpler changes. */
export function inputsFrom(seeds: readonly Files[]): fc.Arbitrary<Input> {
  return fc.oneof(
    ...seeds.flatMap((files, seed) =>
      Object.keys(files).map((file) =>
        fc.record({ seed: fc.constant(seed), file: fc.constant(file), how: waysFor(file) })
      )
    ),
  );
}

function waysFor(file: string): fc.Arbitrary<Input["how"]> {
  const { json, seal } = formatOf(file);
  const changes = (change: fc.Arbitrary<Change>) =>
    fc.array(change, { minLength: 1, maxLength: 6 });
  const kinds = json
    ? [changes(jsonChange), changes(jsonChange), changes(fc.oneof(jsonChange, byteChange))]
    : [changes(byteChange)];
  return fc.oneof(
    {
      weight: 99,
      arbitrary: fc.record({
        changes: fc.oneof(...kinds),
        sealed: seal ? fc.boolean() : fc.constant(false),
      }),
    },
    { weight: 1, arbitrary: fc.record({ stand: fc.constantFrom(...stands) }) },
  );
}

/**
 * The file with the changes made.
 *
 * @param donor a file from which bytes may come
 */
export function changedFile(
  file: string,
  bytes: Uint8Array,
  { changes, sealed }: Extract<Input["how"], { changes: unknown }>,
  donor: Uint8Array,
): Uint8Array {
  const { json, seal } = formatOf(file);
  const changed = changes.reduce((bytes, change) => {
    if ("bytes" in change) return mutateBytes(bytes, change.bytes, donor);
    const { text, replace } = json!(bytes, change.line);
    return replace(mutateJson(text, change.json));
  }, bytes);
  return sealed ? seal!(changed) : changed;
}

// Where files have JSON inside, and checksums.

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

function formatOf(file: string): Format {
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

// What may stand in the place of a file, besides one of other bytes.

const stands = ["nothing", "folder", "vast", "loop", "elsewhere", "device", "pipe"] as const;

/** "vast" is a file of a terabyte without a byte in it; the last four are links. */
type Stand = typeof stands[number];

const standsIn = (inside: string) => join(inside, "stands");

/**
 * Makes one of each to be moved into place: links cannot be made by a process that may not write
 * everywhere.
 *
 * @param elsewhere a file next to all others
 */
export async function makeStands(inside: string, elsewhere: string): Promise<void> {
  const at = (name: string) => join(standsIn(inside), name);
  await Deno.mkdir(at("folder"), { recursive: true });
  await Deno.writeFile(at("vast"), new Uint8Array());
  await Deno.truncate(at("vast"), 2 ** 40);
  if (Deno.build.os === "windows") return;
  await Deno.symlink(at("back"), at("forth"));
  await Deno.symlink(at("forth"), at("back"));
  await Deno.symlink(at("forth"), at("loop"));
  await Deno.symlink(elsewhere, at("elsewhere"));
  await Deno.symlink("/dev/zero", at("device"));
  await Deno.symlink("/dev/stdin", at("pipe"));
}

/** Puts what stands for a file in its place, or back where it comes from. */
export function moveStand(
  inside: string,
  stand: Stand,
  path: string,
  direction: "there" | "back",
): void {
  if (stand === "nothing") return;
  const home = join(standsIn(inside), stand);
  if (direction === "there") Deno.renameSync(home, path);
  else Deno.renameSync(path, home);
}
