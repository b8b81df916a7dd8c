/** Where images go that are drawn again and again. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readJson } from "specialist/internal/runtime/mod.ts";
import type { SampleConfig } from "../commands/options.ts";

/** What a folder of images tells of them, in its `samples.json`. */
export const samplesFile = (folder: string) => join(folder, "samples.json");

const recordSchema = z.looseObject({ config: z.record(z.string(), z.unknown()) });

/**
 * The folder for a command's images: the one that it names, if that is new, empty, or holds what the same
 * command drew before; else the first such folder in it, of `2`, `3` …. So nothing is overwritten with
 * other images.
 */
export async function samplesFolder(config: SampleConfig): Promise<string> {
  const { output } = config;
  for (let i = 1;; i++) {
    const folder = i === 1 ? output : join(output, `${i}`);
    if (isEmpty(folder) || await holds(folder, config)) return folder;
  }
}

function isEmpty(folder: string): boolean {
  return !existsSync(folder) || [...Deno.readDirSync(folder)].length === 0;
}

async function holds(folder: string, config: SampleConfig): Promise<boolean> {
  if (!existsSync(samplesFile(folder))) return false;
  const { config: earlier } = await readJson(samplesFile(folder), recordSchema);
  const comparable = (fields: object) => JSON.stringify({ ...fields, output: undefined });
  return comparable(earlier) === comparable(config);
}
