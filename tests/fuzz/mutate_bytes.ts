/** Changes to bytes, whatever they mean. */
import fc from "fast-check";
import { rarely } from "./mutate_json.ts";

/** Numbers at the edges of what lengths, counts and offsets are stored in; the last is 2⁶³. */
const edges = [0n, 1n, 0x7fn, 0x80n, 0xffn, 0x7fffn, 0x8000n, 0xffffn, 0x7fffffffn, 0x80000000n]
  .concat([0xffffffffn, 1n << 32n, 1n << 53n, (1n << 63n) - 1n, 1n << 63n, (1n << 64n) - 1n]);

const phrases = [
  ...["\0", "\n", "\r\n", "\n\n", " ", ",", ":", "=", '"', "\\", "/", "../", "..", "{", "}", "["],
  ...["]", "null", "-", "1e400", "NaN", "#", ";", "%", "\u001b[2J", "\ufeff", "\u2028", "</w>"],
  ...["__proto__", "[__proto__]\n", "<svg xmlns='http://www.w3.org/2000/svg'>", "PK\x03\x04"],
];

/** A share of the length, in 65,536ths. */
const at = fc.nat(0xffff);
const length = fc.constantFrom(1, 2, 4, 8, 16, 64, 256, 1024);

export const byteMutation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("flip"), at, bit: fc.nat(7) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("number"),
      at,
      value: fc.constantFrom(...edges),
      width: fc.constantFrom(1, 2, 4, 8),
      littleEndian: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("set"), at, byte: fc.nat(255) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("truncate"), at }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("cut"), at, length }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("insert"), at, text: fc.constantFrom(...phrases) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("splice"), at, from: at, length }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("repeat"),
      at,
      length,
      to: rarely(1 << 20, fc.constantFrom(1, 1 << 8, 1 << 12, 1 << 15)),
    }),
  },
);

export type ByteMutation = typeof byteMutation extends fc.Arbitrary<infer T> ? T : never;

/** @param donor another file, from which bytes may come */
export function mutateBytes(
  bytes: Uint8Array,
  mutation: ByteMutation,
  donor: Uint8Array,
): Uint8Array {
  const place = (share: number, length: number) => Math.floor(share / 0x10000 * length);
  const start = place(mutation.at, bytes.length);
  const replaced = (count: number, ...by: Uint8Array[]) =>
    joined(bytes.subarray(0, start), ...by, bytes.subarray(start + count));
  switch (mutation.kind) {
    case "flip":
      return replaced(1, Uint8Array.of((bytes[start] ?? 0) ^ 1 << mutation.bit));
    case "set":
      return replaced(1, Uint8Array.of(mutation.byte));
    case "number":
      return replaced(mutation.width, numberBytes(mutation));
    case "truncate":
      return bytes.slice(0, start);
    case "cut":
      return replaced(mutation.length);
    case "insert":
      return replaced(0, new TextEncoder().encode(mutation.text));
    case "splice": {
      const from = place(mutation.from, donor.length);
      return replaced(mutation.length, donor.subarray(from, from + mutation.length));
    }
    case "repeat": {
      const chunk = bytes.subarray(start, start + mutation.length);
      return replaced(0, repeated(chunk, Math.ceil(mutation.to / mutation.length)));
    }
  }
}

function numberBytes(
  { value, width, littleEndian }: { value: bigint; width: number; littleEndian: boolean },
): Uint8Array {
  const little = new Uint8Array(BigUint64Array.of(value).buffer).subarray(0, width);
  return littleEndian ? little : little.toReversed();
}

function repeated(chunk: Uint8Array, times: number): Uint8Array {
  const copies = new Uint8Array(chunk.length * times);
  for (let i = 0; i < times; i++) copies.set(chunk, i * chunk.length);
  return copies;
}

function joined(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}
