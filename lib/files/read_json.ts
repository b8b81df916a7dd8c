import { z } from "zod";
import { UserError } from "../errors/mod.ts";
import { parseJson } from "./parse_json.ts";
import { readText } from "./read_text.ts";

/**
 * Reads a JSON file that has to be as `schema` says.
 *
 * @throws UserError naming the file, and the field where one is wrong; or the system's error
 */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const text = await readText(path);
  const fail = (what: string, cause: unknown, field?: string) =>
    new UserError(
      { what, file: path, field, remedy: "correct the file, or get it again" },
      { cause },
    );
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    throw fail((error as Error).message, error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ message, path: field }] = parsed.error.issues;
  throw fail(message, parsed.error, z.core.toDotPath(field) || undefined);
}
