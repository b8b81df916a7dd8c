import { z } from "zod";
import { targetNames } from "./targets/mod.ts";

/** Hostile files for every parser. */
export const fuzzSchema = z.strictObject({
  targets: z.array(z.enum(targetNames)).default([...targetNames]).describe(
    "Which parsers; the others keep their lines in the report",
  ),
  inputs: z.int().positive().default(100_000).describe("Changed files for each parser"),
  seed: z.int().min(0).default(0).describe("Decides every input"),
  hangSeconds: z.number().positive().default(30).describe(
    "A parser that takes longer for a file hangs",
  ),
  minutes: z.number().positive().optional().describe(
    "When to stop, with a report of what was done until then; never by default",
  ),
  output: z.string().default("results/reliability").describe("Folder of the report"),
});

export type FuzzConfig = z.infer<typeof fuzzSchema>;
