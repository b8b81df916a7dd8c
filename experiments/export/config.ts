import { z } from "zod";

/** What a run has made, in a format of other programs. */
export const exportSchema = z.strictObject({
  run: z.string().describe("Folder of a finished run"),
  format: z.enum(["lora-kohya"]).describe("Which format"),
  output: z.string().optional().describe("The file to write; in the run's folder by default"),
});

export type ExportConfig = z.infer<typeof exportSchema>;
