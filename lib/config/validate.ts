import { z } from "zod";
import { didYouMean, shown, UserError } from "../errors/mod.ts";
import { expectation } from "./expectation.ts";
import { alternativesOf, type JsonSchema, jsonSchemaOf, keysOf, schemaAt } from "./json_schema.ts";

/** As many as fit on a screen. */
const mostLines = 12;

/**
 * `value` as `schema` reads it, with defaults filled in.
 *
 * @param source what an error calls the value: a file, or "configuration"
 * @throws UserError with every field at fault, what it got and what it may be
 */
export function validate<T extends z.ZodType>(
  schema: T,
  value: unknown,
  source = "configuration",
): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const shape = jsonSchemaOf(schema);
  const lines = result.error.issues.flatMap((issue) => linesOf(issue, value, shape));
  const first = lines.slice(0, mostLines);
  if (lines.length > first.length) first.push(`… and ${lines.length - first.length} more`);
  throw new UserError({
    what: [`${source} is not valid`, ...first].join("\n  - "),
    remedy: lines.length === 1 ? "correct this field" : "correct these fields",
  }, { cause: result.error });
}

function linesOf(issue: z.core.$ZodIssue, value: unknown, shape: JsonSchema): string[] {
  const schema = schemaAt(shape, issue.path) ?? {};
  const name = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) =>
      `${[...issue.path, key].join(".")}: ${unknownField(key, keysOf(schema))}`
    );
  }
  const place = name === "" ? "" : `${name}: `;
  const input = valueAt(value, issue.path);
  if (!isStandard(issue)) return [`${place}${issue.message}${received(input)}`];
  const expected = `must be ${expectation(schema)}`;
  if (input === undefined) return [`${place}missing, ${expected}`];
  return [`${place}${expected}${received(input)}${suggestion(input, schema)}`];
}

function valueAt(value: unknown, path: PropertyKey[]): unknown {
  return path.reduce(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
}

/** Whether the message is zod's own rather than one the schema's author wrote. */
function isStandard({ code, message }: z.core.$ZodIssue): boolean {
  return code !== "custom" && /^(Invalid|Too (big|small)|Unrecognized)\b/.test(message);
}

function received(input: unknown): string {
  return input === undefined ? "" : `, got ${shown(input, { depth: 1, compact: true })}`;
}

function suggestion(input: unknown, schema: JsonSchema): string {
  const choices = alternativesOf(schema).flatMap((one) => one.enum ?? one.const ?? []);
  return typeof input === "string" ? didYouMean(input, choices.map(String)) : "";
}

/** In a union a field can be known, but to another alternative. */
function unknownField(key: string, known: string[]): string {
  if (known.includes(key)) return "does not go with the other fields here";
  const listed = known.length === 0 ? "" : `, known are ${known.join(", ")}`;
  return `unknown field${didYouMean(key, known) || listed}`;
}
