/** What came of a target's inputs, as plain data that goes from process to process. */
import { z } from "zod";

const count = z.int().min(0);

export const tallySchema = z.strictObject({
  inputs: count,
  accepted: count,
  refused: z.record(z.string(), count).describe("How many, by why"),
  longestMs: z.number().min(0).describe("The input that took longest, in milliseconds"),
  largestBytes: count.describe("The largest changed file"),
});

/** Promises that were not kept. */
export const defectSchema = z.strictObject({
  input: count.describe("The input's number"),
  kind: z.enum(["broken promise", "hang", "crash", "memory"]),
  what: z.string(),
  smallest: z.string().optional().describe("The input, made as small as it could be"),
});

export type Tally = z.infer<typeof tallySchema>;
export type Defect = z.infer<typeof defectSchema>;

export function emptyTally(): Tally {
  return { inputs: 0, accepted: 0, refused: {}, longestMs: 0, largestBytes: 0 };
}

export function sumOf(a: Tally, b: Tally): Tally {
  const refused = new Map(Object.entries(a.refused));
  for (const [why, count] of Object.entries(b.refused)) {
    refused.set(why, (refused.get(why) ?? 0) + count);
  }
  return {
    inputs: a.inputs + b.inputs,
    accepted: a.accepted + b.accepted,
    refused: Object.fromEntries(refused),
    longestMs: Math.max(a.longestMs, b.longestMs),
    largestBytes: Math.max(a.largestBytes, b.largestBytes),
  };
}
