import { readRunRecord, type RunRecord } from "./run_record.ts";

/**
 * A run folder's record; nothing where there is none yet.
 *
 * @throws UserError naming the file, where it is damaged
 */
export async function findRunRecord(folder: string): Promise<RunRecord | undefined> {
  try {
    return await readRunRecord(folder);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
