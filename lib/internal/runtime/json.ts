/**
 * JSON and JSON5 that is checked against a schema, with errors that name the file and the place in
 * it.
 */
import { z } from "zod";
import { described, type FieldProblem, firstProblem } from "./config_issues.ts";
import { UserError } from "./errors.ts";
import { readText } from "./read_files.ts";

/**
 * Reads a JSON file and validates it with `schema`.
 *
 * @throws UserError naming the file, and the field where one is wrong; or the system's error
 */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const text = await readText(path);
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    throw new UserError({ what: (cause as Error).message, file: path }, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path: field, what } = firstProblem(parsed.error, value, schema);
  throw new UserError({ what, file: path, field: field || undefined }, { cause: parsed.error });
}

/**
 * How much a text may ask for: parsed, each of its values takes many times its place in the text, and
 * what walks through it one frame of the stack for each level.
 */
const maxValues = 500_000;
const maxDepth = 100;

/**
 * The value of a JSON text that may come from anywhere.
 *
 * @param parse for another dialect, as JSON5's
 * @throws SyntaxError where it is none, holds more than any file that is read here, or has the key
 *   "__proto__", which to other programs is no key but an object's prototype
 */
export function parseJson(
  text: string,
  parse: (text: string) => unknown = JSON.parse,
): unknown {
  if (separatorsIn(text) > maxValues) throw new SyntaxError(`more than ${maxValues} values`);
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    throw new SyntaxError(`not JSON: ${syntaxProblem(cause as Error)}`, { cause });
  }
  requireHarmless(value);
  return value;
}

/** What a parser stumbled over, and where: V8's for JSON, and JSON5's. */
function syntaxProblem({ message }: Error): string {
  if (/end of (JSON )?input/.test(message)) return "the text ends too early";
  const [, line, column] = /line (\d+) column (\d+)/.exec(message) ??
    /at (\d+):(\d+)$/.exec(message) ?? [];
  const place = line === undefined ? "" : ` at line ${line}, column ${column}`;
  const [, found] = /^(?:Unexpected token|JSON5: invalid character) ('.*?'|".*?"|`.*?`)/
    .exec(message) ?? [];
  const [, expected] = /^Expected (.*) in JSON/.exec(message) ?? [];
  if (expected !== undefined) return `expected ${expected}${place}`;
  return found === undefined ? `mistake${place}` : `unexpected ${found}${place}`;
}

/** Whether a value has fields: an object of JSON that is no list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** At least as many as there are values, since those in strings count too. */
function separatorsIn(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === "," || character === "[" || character === "{") count++;
  }
  return count;
}

/** Level by level, since a text can be nested deeper than the stack. */
function requireHarmless(value: unknown): void {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) throw new SyntaxError(`nested deeper than ${maxDepth} levels`);
    const next: unknown[] = [];
    for (const outer of level) {
      if (typeof outer !== "object" || outer === null) continue;
      if (Object.hasOwn(outer, "__proto__")) throw new SyntaxError('a key called "__proto__"');
      for (const inner of Object.values(outer)) next.push(inner);
    }
    level = next;
  }
}

// Lists and records of files that may hold hundreds of thousands of entries. zod's own report every
// wrong one, which takes a hundred times the memory of the file; these stop at the first.

/** A list of entries. */
export function listOf<T>(entry: z.ZodType<T>) {
  return z.array(z.unknown()).transform((items, context): T[] => {
    const known: T[] = [];
    for (const [i, item] of items.entries()) {
      const parsed = entry.safeParse(item);
      if (!parsed.success) return stopAt(i, firstProblem(parsed.error, item, entry), context);
      known.push(parsed.data);
    }
    return known;
  });
}

/** A list that is not empty. */
export function someOf<T>(entry: z.ZodType<T>) {
  return listOf(entry).refine((entries) => entries.length > 0, "the list is empty");
}

/** An object with an entry under each key. */
export function recordOf<T>(entry: z.ZodType<T>) {
  return z.record(z.string(), z.unknown()).transform((items, context): Record<string, T> => {
    const known: [string, T][] = [];
    for (const [key, item] of Object.entries(items)) {
      const parsed = entry.safeParse(item);
      if (!parsed.success) return stopAt(key, firstProblem(parsed.error, item, entry), context);
      known.push([key, parsed.data]);
    }
    return Object.fromEntries(known);
  });
}

function stopAt(
  place: PropertyKey,
  { path, what }: FieldProblem,
  context: z.RefinementCtx,
): never {
  context.addIssue({
    code: "custom",
    message: what,
    path: [place, ...path === "" ? [] : path.split(".")],
    params: described,
  });
  return z.NEVER;
}
