/** What a sweep puts into a run's folder, beside the run's own record. */
import { join } from "node:path";
import { writeAtomically } from "specialist/files/mod.ts";
import type { PlannedRun } from "./plan.ts";

/** The run's configuration, as `train --config` reads it. */
export const configFile = (folder: string) => join(folder, "config.json");

/** What the run's processes wrote to the terminal, one after the other. */
export const logFile = (folder: string) => join(folder, "log.txt");

export async function writeRunConfig({ folder, config }: PlannedRun): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await writeAtomically(configFile(folder), `${JSON.stringify(config, null, 2)}\n`);
}
