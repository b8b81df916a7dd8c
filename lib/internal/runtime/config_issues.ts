/** What is wrong with a value, in words: zod's issues, said by the schema that they are of. */
import type { z } from "zod";
import {
  alternativesOf,
  choiceKeyOf,
  expectation,
  type JsonSchema,
  jsonSchemaOf,
  keysOf,
  schemaAt,
} from "./config_schema.ts";
import { didYouMean, shown } from "./errors.ts";

/** A problem of a field: its path, which is empty for the whole value, and what is wrong there. */
export type FieldProblem = { path: string; what: string };

/** Each problem of a value that `schema` does not accept, in the order of zod's issues. */
export function problemsOf(
  { issues }: z.core.$ZodError,
  value: unknown,
  schema: z.ZodType,
): FieldProblem[] {
  const shape = jsonSchemaOf(schema);
  return issues.flatMap((issue) => problemsIn(issue, value, shape));
}

/** {@link problemsOf}, the first only: a long list may have many. */
export function firstProblem(
  { issues: [first] }: z.core.$ZodError,
  value: unknown,
  schema: z.ZodType,
): FieldProblem {
  return problemsIn(first, value, jsonSchemaOf(schema))[0];
}

/** Parameters of an issue whose message is a problem's already, with the value. */
export const described = { described: true };

/** "training.steps: must be an integer above 0, got -1" */
export function problemLine({ path, what }: FieldProblem): string {
  return path === "" ? what : `${path}: ${what}`;
}

function problemsIn(issue: z.core.$ZodIssue, value: unknown, shape: JsonSchema): FieldProblem[] {
  const schema = schemaAt(shape, issue.path) ?? {};
  const path = issue.path.join(".");
  const input = valueAt(value, issue.path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...issue.path, key].join("."),
      what: unknownField(key, schema, input),
    }));
  }
  if (issue.code === "custom" && issue.params?.described) return [{ path, what: issue.message }];
  if (!isStandard(issue)) return [{ path, what: `${issue.message}${received(input)}` }];
  const choice = choiceKeyOf(schema);
  if (input === undefined && choice !== undefined) {
    const choices = schemaAt(schema, [choice]) ?? {};
    return [{ path: join(path, choice), what: `missing, must be ${expectation(choices)}` }];
  }
  const expected = `must be ${expectation(schema)}`;
  if (input === undefined) return [{ path, what: `missing, ${expected}` }];
  return [{ path, what: `${expected}${received(input)}${suggestion(input, schema)}` }];
}

const join = (path: string, key: string) => path === "" ? key : `${path}.${key}`;

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

/** In a choice among groups, a field can be another group's. */
function unknownField(key: string, schema: JsonSchema, input: unknown): string {
  const choice = choiceKeyOf(schema);
  const chosen = choice && (input as Record<string, unknown> | undefined)?.[choice];
  const nameOf = ({ properties = {} }: JsonSchema) => choice && properties[choice].const;
  const groups = alternativesOf(schema);
  const owners = groups.filter(({ properties = {} }) => Object.hasOwn(properties, key));
  if (owners.length > 0 && chosen !== undefined) {
    return `belongs to ${owners.map(nameOf).join(", ")}, not to ${chosen}`;
  }
  const own = groups.find((group) => choice && nameOf(group) === chosen) ?? schema;
  const known = keysOf(own);
  const listed = known.length === 0 ? "" : `, known are ${known.join(", ")}`;
  return `unknown field${didYouMean(key, known) || listed}`;
}
