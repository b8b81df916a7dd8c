import { z } from "zod";

/** Which tables are written, and of what. */
export const tablesSchema = z.strictObject({
  results: z.string().min(1).default("results").describe(
    "Folder with a folder for each table, made of its summary.json",
  ),
  list: z.string().min(1).optional().describe(
    "JSON file that names a table and its finished runs: its summary is written first",
  ),
  runs: z.string().min(1).default("runs").describe("Folder of the runs that the list names"),
});

export type TablesConfig = z.infer<typeof tablesSchema>;
