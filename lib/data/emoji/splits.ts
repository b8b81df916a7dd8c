import { z } from "zod";
import { dataFile, readJson, UserError, writeAtomically } from "../../internal/runtime/mod.ts";
import { createRandom } from "../random.ts";
import type { Concept } from "./concepts.ts";

const ids = (count: number) => z.array(z.string()).length(count);

export const splitNames = ["shots", "validation", "test", "unseen", "train"] as const;

/** The lists of ids. */
export type SplitName = typeof splitNames[number];

/** Which concept is used for what, by id. A concept is in one list only. */
const splitsSchema = z.strictObject({
  seed: z.int().describe("What the lists were drawn with"),
  shots: ids(32).describe("Drawings to learn a style from; the first 8 are the usual ones"),
  validation: ids(64).describe("For choosing settings"),
  test: ids(128).describe("For reporting only"),
  unseen: ids(48).describe("For reporting only; the base model has not seen them in any style"),
  train: z.array(z.string()).describe("All others"),
}).refine((splits) => {
  const listed = splitNames.flatMap((name) => splits[name]);
  return new Set(listed).size === listed.length;
}, "a concept is in one list only, and once");

export type Splits = z.infer<typeof splitsSchema>;

export const splitsFile = dataFile("splits.json");

/**
 * Reads splits: the committed ones by default.
 *
 * @throws UserError naming the file, where it is damaged
 */
export function readSplits(file = splitsFile): Promise<Splits> {
  return readJson(file, splitsSchema);
}

/** Replaces the committed splits. */
export async function writeSplits(splits: Splits): Promise<void> {
  await writeAtomically(splitsFile, JSON.stringify(splits, null, 2) + "\n");
}

/** Draws splits in which every list has each group's share of the concepts. */
export function makeSplits(concepts: readonly Concept[], seed: number): Splits {
  const order = stratifiedOrder(concepts, seed);
  const shots = oneOfEachKindFirst(order.splice(0, 32)).map(({ id }) => id);
  const ids = order.map(({ id }) => id);
  const [validation, test, unseen] = [64, 128, 48].map((n) => ids.splice(0, n));
  return splitsSchema.parse({ seed, shots, validation, test, unseen, train: ids.sort() });
}

/** Concepts that the base model may learn from. */
export function baseTrainingConcepts(splits: Splits): string[] {
  return splitNames.filter((name) => name !== "unseen").flatMap((name) => splits[name]);
}

/** @throws UserError naming the ids that are in several lists, in none, or unknown */
export function checkSplits(splits: Splits, concepts: readonly Concept[]): void {
  const listed = splitNames.flatMap((name) => splits[name]);
  const known = new Set(concepts.map(({ id }) => id));
  const twice = listed.filter((id, i) => listed.indexOf(id) !== i);
  const unknown = listed.filter((id) => !known.has(id));
  const missing = [...known.difference(new Set(listed))];
  for (
    const [what, ids] of [
      ["concepts are listed twice", twice],
      ["unknown concepts", unknown],
      ["concepts are in no list", missing],
    ] as const
  ) {
    if (ids.length === 0) continue;
    throw new UserError({
      what: `${what}: ${ids.slice(0, 10).join(", ")}${ids.length > 10 ? ", …" : ""}`,
      file: splitsFile,
      remedy:
        "get the file again, or draw new splits with --rewrite-splits SEED; results made with " +
        "the old ones cannot be compared with new ones",
    });
  }
}

/** The kinds in turn, where faces and other signs of emotion are two: the first 8 are all different. */
function oneOfEachKindFirst(concepts: readonly Concept[]): Concept[] {
  const kinds = Map.groupBy(
    concepts,
    ({ group, subgroup }) => subgroup.startsWith("face-") ? "face" : group,
  );
  return [...kinds.values()]
    .flatMap((members) => members.map((concept, turn) => ({ concept, turn })))
    .sort((a, b) => a.turn - b.turn)
    .map(({ concept }) => concept);
}

/** A random order in which each beginning has about each group's share. */
function stratifiedOrder(concepts: readonly Concept[], seed: number): Concept[] {
  const random = createRandom(seed);
  const groups = Map.groupBy(concepts, ({ group }) => group);
  return [...groups.values()]
    .flatMap((members) =>
      random.shuffle(members).map((concept, i) => ({ concept, at: (i + 0.5) / members.length }))
    )
    .sort((a, b) => a.at - b.at)
    .map(({ concept }) => concept);
}
