import { z } from "zod";
import { caseSchema } from "./case.ts";
import { caseNames } from "./cases.ts";

/** Whether what works for a minute works for a night. */
export const soakSchema = caseSchema.extend({
  cases: z.array(z.enum(caseNames)).default(caseNames).describe("What to do"),
  output: z.string().min(1).default("results/reliability").describe("Folder of the reports"),
});

export type SoakConfig = z.infer<typeof soakSchema>;
