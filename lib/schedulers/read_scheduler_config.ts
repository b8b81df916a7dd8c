import JSON5 from "json5";
import { UserError } from "../errors/mod.ts";
import { parseJson, readText } from "../files/mod.ts";
import { parseSchedulerConfig, type SchedulerConfig } from "./scheduler_config.ts";

/**
 * Reads a diffusers `scheduler_config.json`. Python writes infinities into it that JSON has not.
 *
 * @throws UserError naming the file, where it cannot be read, parsed or used
 */
export async function readSchedulerConfig(path: string): Promise<SchedulerConfig> {
  const text = await readText(path, 1 << 20);
  let value: unknown;
  try {
    value = parseJson(text, JSON5.parse);
  } catch (cause) {
    throw new UserError({
      what: (cause as Error).message,
      file: path,
      remedy: "correct the file, or get it again",
    }, { cause });
  }
  return parseSchedulerConfig(value, path);
}
