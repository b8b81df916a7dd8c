import { z } from "zod";
import { benchCases } from "./cases.ts";

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
  output: z.string().default("results/bench").describe("Folder of records, table and figure"),
});

export type BenchConfig = z.infer<typeof benchSchema>;
