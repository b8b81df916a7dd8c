/** Options of bench, soak and fuzz. */
import { z } from "zod";
import { belowRuns, type Placed, updateField } from "specialist/internal/cli/results.ts";
import { benchCases } from "./bench/cases.ts";
import { targetNames } from "./fuzz/targets/mod.ts";
import { caseNames, caseSchema } from "./soak/report.ts";

const names = benchCases("").map(({ name }) => name) as [string, ...string[]];

/** Times of this project and of PyTorch with diffusers, in turn. */
export const benchSchema = z.strictObject({
  cases: z.array(z.enum(names)).default(names).describe(
    "What to measure; none to write table and figure again from the records that are there",
  ),
  seconds: z.number().positive().default(10).describe(
    "How long each process repeats its work, after a warm-up",
  ),
  pytorch: z.boolean().default(true).describe(
    "Compare with PyTorch, which is installed into the cache where Python 3 is there",
  ),
  python: z.string().default("python3").describe("The Python that PyTorch is installed for"),
  output: z.string().default(belowRuns("results/bench")).describe(
    "Folder of records, table and figure; cases that it lacks are shown from results/bench",
  ),
  ...updateField,
});

export type BenchConfig = Placed<z.infer<typeof benchSchema>>;

/** Whether what works for a minute works for a night. */
export const soakSchema = caseSchema.extend({
  cases: z.array(z.enum(caseNames)).default([...caseNames]).describe("What to do"),
  output: z.string().min(1).default(belowRuns("results/reliability")).describe(
    "Folder of the reports",
  ),
  ...updateField,
});

export type SoakConfig = Placed<z.infer<typeof soakSchema>>;

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
  output: z.string().default(belowRuns("results/reliability")).describe("Folder of the report"),
  ...updateField,
});

export type FuzzConfig = Placed<z.infer<typeof fuzzSchema>>;
