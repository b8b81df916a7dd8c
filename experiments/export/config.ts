import { z } from "zod";

/** What a run has made, in a format of other programs. */
export const exportSchema = z.strictObject({
  run: z.string().describe("Folder of a finished run"),
  format: z.enum(["lora-kohya", "single-file"]).describe(
    "Adapters in kohya's names, or the whole model in one file with the original code's names",
  ),
  output: z.string().optional().describe("The file to write; in the run's folder by default"),
});

export type ExportConfig = z.infer<typeof exportSchema>;
