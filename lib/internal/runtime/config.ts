/** A configuration, from its file, the command line and the schema's defaults, validated. */
import JSON5 from "json5";
import type { z } from "zod";
import { problemLine, problemsOf } from "./config_issues.ts";
import {
  alternativesOf,
  choiceKeyOf,
  isGroup,
  type JsonSchema,
  jsonSchemaOf,
  schemaAt,
} from "./config_schema.ts";
import { UserError } from "./errors.ts";
import { isObject, parseJson } from "./json.ts";
import { readText } from "./read_files.ts";

/** Where a configuration comes from, besides the schema's defaults. */
export interface ConfigSources {
  /** Path of a JSON file. */
  file?: string;
  /** Single fields; they win over the file, later ones over earlier ones. */
  assignments?: Assignment[];
}

/** Some of a configuration's fields, and where they come from: a preset, a file, or the command line. */
export type ConfigLayer = { source: string; values: Values };

/** What the command line's own fields are said to come from. */
const commandLine = "command line";

/**
 * The fields that a file and a command line give, in layers, the later ones winning.
 *
 * @throws UserError naming the file, where it cannot be read
 */
export async function readLayers(
  schema: z.ZodType,
  { file, assignments = [] }: ConfigSources,
): Promise<ConfigLayer[]> {
  const shape = jsonSchemaOf(schema);
  const given = assignments.reduce((values, { path, text }) => {
    const full = withChoiceKey(path, shape);
    return assign(values, full, parseFieldValue(text, schemaAt(shape, full.split("."))));
  }, {});
  return [
    ...file === undefined
      ? []
      : [{ source: file, values: expandChoices(shape, await readConfigFile(file)) }],
    { source: commandLine, values: given },
  ];
}

/** What some layers give together: groups are merged, lists and single values replaced. */
export function overlay(layers: readonly ConfigLayer[]): Values {
  return layers.reduce<Values>((below, { values }) => mergeGroups(below, values), {});
}

function mergeGroups(below: Values, above: Values): Values {
  return Object.entries(above).reduce<Values>((merged, [key, value]) => {
    const former = Object.hasOwn(below, key) ? below[key] : undefined;
    const inner = isObject(former) && isObject(value) ? mergeGroups(former, value) : value;
    return { ...merged, [key]: inner };
  }, below);
}

/** "method" stands for "method.method": a choice among groups is given by its name. */
function withChoiceKey(path: string, shape: JsonSchema): string {
  const choice = choiceKeyOf(schemaAt(shape, path.split(".")) ?? {});
  return choice === undefined ? path : `${path}.${choice}`;
}

/** The same for a file: `{ "method": "lora" }` is `{ "method": { "method": "lora" } }`. */
function expandChoices({ properties = {} }: JsonSchema, values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const choice = Object.hasOwn(properties, key) ? choiceKeyOf(properties[key]) : undefined;
      return [key, choice && typeof value === "string" ? { [choice]: value } : value];
    }),
  );
}

/**
 * The validated configuration: defaults, then the file, then the assignments.
 *
 * @throws UserError naming what is wrong in it
 */
export async function resolveConfig<T extends z.ZodType>(
  schema: T,
  sources: ConfigSources,
): Promise<z.infer<T>> {
  return completeConfig(schema, overlay(await readLayers(schema, sources)), configName(sources));
}

/** What an error calls the configuration. */
export function configName({ file }: Pick<ConfigSources, "file">): string {
  return file ? `the configuration (from ${file})` : "the configuration";
}

/** More lines than any configuration has: comments make a parser slow. */
const maxBytes = 1 << 20;

/**
 * Reads a configuration: JSON, where comments and trailing commas are allowed.
 *
 * @throws UserError naming the file, where it is missing, too large or not an object
 */
export async function readConfigFile(path: string): Promise<Record<string, unknown>> {
  const value = parse(await readText(path, maxBytes), path);
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
    }, { cause });
  }
}

type Values = Record<string, unknown>;

/** A field by its path, and the text it is set to. */
export type Assignment = { path: string; text: string };

/** Reads "a.b=c". */
export function parseAssignment(argument: string): Assignment {
  const [, path, text] = /^([^=\s]+)=(.*)$/s.exec(argument) ?? [];
  if (path !== undefined) return { path, text };
  throw new UserError({
    what: "a setting must be FIELD=VALUE",
    value: argument,
    remedy: "write it like --set training.batchSize=8",
  });
}

/** A copy of `values` where the field at `path` ("a.b") is `value`. */
export function assign(values: Values, path: string, value: unknown): Values {
  const [key, ...rest] = path.split(".");
  if (rest.length === 0) return { ...values, [key]: value };
  const inner = Object.hasOwn(values, key) ? values[key] : {};
  const group = typeof inner === "object" && inner !== null ? inner as Values : {};
  return { ...values, [key]: assign(group, rest.join("."), value) };
}

/**
 * A value written on a command line, for a field of `schema`: JSON, or plain text where text is
 * allowed; the brackets of a list may be left out. Invalid values are left to validation.
 *
 * ```ts
 * parseFieldValue("20,100", { type: "array", items: { type: "integer" } }); // [20, 100]
 * ```
 */
function parseFieldValue(text: string, schema: JsonSchema | undefined): unknown {
  const types = alternativesOf(schema ?? {}).map(({ type }) => type);
  if (types.every((type) => type === "string")) return text;
  if (types.includes("array") && !text.trimStart().startsWith("[")) return listOf(text);
  return jsonOr(text);
}

/**
 * Several values for one field, as they are written on a command line: a JSON list, or text with commas.
 * For a field that is itself a list, a value that is none stands for the list of it alone.
 *
 * ```ts
 * fieldValues(sampleSchema, { path: "loraScale", text: "0,0.5,1" }); // [[0], [0.5], [1]]
 * ```
 */
export function fieldValues(schema: z.ZodType, { path, text }: Assignment): unknown[] {
  const field = schemaAt(jsonSchemaOf(schema), path.split(".")) ?? {};
  const isList = alternativesOf(field).some(({ type }) => type === "array");
  const parsed = text.trimStart().startsWith("[") ? jsonOr(text) : undefined;
  const values = Array.isArray(parsed)
    ? parsed
    : text.split(",").map((part) => parseFieldValue(part.trim(), field));
  return values.map((value) => isList && !Array.isArray(value) ? [value] : value);
}

function listOf(text: string): unknown[] {
  return text.split(",").map((item) => jsonOr(item.trim()));
}

function jsonOr(text: string): unknown {
  try {
    return JSON5.parse(text);
  } catch {
    return text;
  }
}

/**
 * The validated configuration that has these fields, and the defaults of all others, also inside a
 * group where only some fields are given.
 *
 * @param source what an error calls the configuration
 * @throws UserError naming what is wrong in it
 */
export function completeConfig<T extends z.ZodType>(
  schema: T,
  values: Record<string, unknown>,
  source: string,
): z.infer<T> {
  return validate(schema, completeGroups(jsonSchemaOf(schema), values), source);
}

type Group = Record<string, unknown>;

/**
 * `values` with a group's own defaults where only some of its fields are set: zod fills in a group's
 * `prefault` only where the whole group is missing. Groups to choose among stay as they are, since
 * one's defaults would not fit another.
 */
function completeGroups(schema: JsonSchema, values: Group, defaults: Group = {}): Group {
  const { properties = {} } = schema;
  const completed = { ...defaults, ...values };
  for (const [key, member] of Object.entries(properties)) {
    const value = completed[key];
    if (!isObject(value) || !isGroup(member)) continue;
    completed[key] = completeGroups(
      member,
      value,
      (Object.hasOwn(defaults, key) ? defaults[key] : member.default) as Group | undefined,
    );
  }
  return completed;
}

/** As many as fit on a screen. */
const maxLines = 12;

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
  const lines = problemsOf(result.error, value, schema).map(problemLine);
  const first = lines.slice(0, maxLines);
  if (lines.length > first.length) first.push(`… and ${lines.length - first.length} more`);
  throw new UserError(
    { what: [`${source} is not valid`, ...first].join("\n  - ") },
    { cause: result.error },
  );
}
