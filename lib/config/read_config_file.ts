import JSON5 from "json5";
import { UserError } from "../errors/mod.ts";
import { parseJson, readText } from "../files/mod.ts";

/** No configuration has so many, and comments make a parser slow. */
const mostBytes = 1 << 20;

/**
 * Reads a configuration: JSON, where comments and trailing commas are allowed.
 *
 * @throws UserError naming the file, where it is missing, too large or not an object
 */
export async function readConfigFile(path: string): Promise<Record<string, unknown>> {
  const value = parse(await readText(path, mostBytes), path);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new UserError({
    what: "a configuration must be an object",
    file: path,
    value,
    remedy: 'write it as { "field": value, … }',
  });
}

function parse(text: string, path: string): unknown {
  try {
    return parseJson(text, JSON5.parse);
  } catch (cause) {
    throw new UserError({
      what: (cause as Error).message,
      file: path,
      remedy: "correct the file at the place named",
    }, { cause });
  }
}
