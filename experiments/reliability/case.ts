import { z } from "zod";
import type { Report } from "./report.ts";

/** How much a case does. */
export const caseSchema = z.strictObject({
  steps: z.int().min(100).default(6000).describe("Training steps of the case `endurance`"),
  pictures: z.int().min(200).default(2000).describe("Pictures that it draws after them"),
  runs: z.int().min(10).default(50).describe(
    "Runs of the case `sweep`, of which a tenth is killed",
  ),
  kills: z.int().min(1).default(20).describe("How often the case `kills` kills each training"),
  seed: z.int().min(0).default(0).describe("Decides every random draw"),
});

export type CaseConfig = z.infer<typeof caseSchema>;

/** Does something for long, or breaks something, and reports what held. */
export type Case = (config: CaseConfig, signal: AbortSignal) => Promise<Report>;
