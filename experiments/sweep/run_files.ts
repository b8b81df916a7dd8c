/** What a sweep puts into a run's folder, beside the run's own record. */
import { join } from "node:path";
import { existsSync } from "node:fs";
import { readJson, writeAtomically } from "specialist/files/mod.ts";
import { z } from "zod";
import type { PlannedRun } from "./plan.ts";

/** The run's configuration, as `train --config` reads it; where its method is a value, without it. */
export const configFile = (folder: string) => join(folder, "config.json");

/** Where the run's method comes from, if it is a value: a sweep's file, and the run's title in it. */
export const sourceFile = (folder: string) => join(folder, "source.json");

const sourceSchema = z.strictObject({
  file: z.string().min(1),
  quick: z.boolean(),
  title: z.string().min(1),
});

export type MethodSource = z.infer<typeof sourceSchema>;

/** Undefined where the run's configuration has its method. */
export async function readSource(folder: string): Promise<MethodSource | undefined> {
  return existsSync(sourceFile(folder))
    ? await readJson(sourceFile(folder), sourceSchema)
    : undefined;
}

/** What the run's processes wrote to the terminal, one after the other. */
export const logFile = (folder: string) => join(folder, "log.txt");

export async function writeRunConfig(
  { folder, config, methodConfig, source }: PlannedRun,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const write = (file: string, value: unknown) =>
    writeAtomically(file, `${JSON.stringify(value, null, 2)}\n`);
  await write(configFile(folder), { ...config, ...methodConfig && { method: methodConfig } });
  if (!methodConfig) await write(sourceFile(folder), source);
}
