/** Inputs: a seed's folder in which one file is changed. */
import fc from "fast-check";
import { formatOf } from "./formats.ts";
import { type ByteMutation, byteMutation, mutateBytes } from "./mutate_bytes.ts";
import { type JsonMutation, jsonMutation, mutateJson } from "./mutate_json.ts";
import { type Stand, stands } from "./stands.ts";
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
  const ways = json
    ? [changes(jsonChange), changes(jsonChange), changes(fc.oneof(jsonChange, byteChange))]
    : [changes(byteChange)];
  return fc.oneof(
    {
      weight: 99,
      arbitrary: fc.record({
        changes: fc.oneof(...ways),
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
