/**
 * A configuration's fields, from its schema: their paths, types, defaults and descriptions.
 */
import { z } from "zod";
import { renderTable } from "./tables.ts";

/** One value of a configuration. */
export interface Field {
  /** Its path, as "training.batchSize". */
  path: string;
  schema: JsonSchema;
  description: string;
  default: unknown;
  /** Whether it must be given: always, or where the group that holds it is given. */
  required: boolean | { within: string };
  /** Where it is in a choice among groups: the names of those that have it, and of how many. */
  choice?: { names: string[]; of: number };
}

/** The single values of a schema, in order; the fields of nested objects are listed one by one. */
export function fieldsOf(schema: z.ZodType): Field[] {
  return membersOf(jsonSchemaOf(schema), { prefix: "" });
}

/** What the fields of a group have from the groups around it. */
type Surroundings = {
  prefix: string;
  defaults?: unknown;
  choice?: Field["choice"];
  /** The outermost group that may be left out. */
  optional?: string;
};

function membersOf(
  schema: JsonSchema,
  { prefix, defaults, choice, optional }: Surroundings,
): Field[] {
  const objects = alternativesOf(schema).filter(isGroup);
  const own = (defaults ?? schema.default ?? {}) as Record<string, unknown>;
  const choiceKey = choiceKeyOf(schema);
  const all = keysOf(schema);
  return all.flatMap((key) => {
    const owners = objects.filter(({ properties }) => properties?.[key]);
    const versions = owners.map(({ properties }) => properties![key]);
    const [first] = versions;
    const member = versions.length === 1 ? first : { ...unionOf(versions), default: first.default };
    const value = own[key] ?? member.default;
    const path = prefix + key;
    const names = choiceKey === undefined || key === choiceKey
      ? undefined
      : owners.map(({ properties }) => String(properties![choiceKey].const));
    const where = names === undefined ? choice : { names, of: objects.length };
    const isNeeded = value === undefined &&
      objects.every(({ required }) => required?.includes(key));
    if (alternativesOf(member).some(isGroup)) {
      const left = optional ?? (isNeeded || value !== undefined ? undefined : path);
      const inside = { prefix: `${path}.`, defaults: value, choice: where, optional: left };
      return membersOf(member, inside);
    }
    // A group of a single field is given by that field.
    const within = optional !== undefined && all.length > 1 ? { within: optional } : false;
    return {
      path,
      schema: member,
      description: key === choiceKey
        ? descriptionOfChoice(versions)
        : versions.find(({ description }) => description)?.description ?? "",
      default: value,
      required: isNeeded && (optional === undefined || within),
      ...where && { choice: where },
    };
  });
}

/** "lora: adapters; full: the whole U-Net", or the only description that there is. */
function descriptionOfChoice(versions: readonly JsonSchema[]): string {
  const described = versions.filter(({ description }) => description);
  if (described.length < 2) return described[0]?.description ?? "";
  return described.map((one) => `${one.const}: ${one.description}`).join("; ");
}

/** The parts of JSON Schema that configurations use. */
export interface JsonSchema {
  type?: string;
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
}

const made = new WeakMap<z.ZodType, JsonSchema>();

/** A schema's inputs as JSON Schema; converting a large one takes milliseconds. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const known = made.get(schema);
  if (known) return known;
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  made.set(schema, json);
  return json;
}

/** The alternatives of a union; of another schema, itself. */
export function alternativesOf(schema: JsonSchema): JsonSchema[] {
  const members = schema.anyOf ?? schema.oneOf;
  return members ? members.flatMap(alternativesOf) : [schema];
}

/**
 * The key that tells the groups of a union apart, as "method" does those of
 * `{ method: "lora", rank } | { method: "full" }`; undefined where the schema is no such choice.
 */
export function choiceKeyOf(schema: JsonSchema): string | undefined {
  const groups = alternativesOf(schema);
  if (groups.length < 2 || !groups.every(isGroup)) return undefined;
  return keysOf(schema).find((key) =>
    groups.every(({ properties = {} }) => properties[key]?.const !== undefined)
  );
}

/** Whether it has fields of its own; a union of such schemas does not. */
export function isGroup({ properties }: JsonSchema): boolean {
  return properties !== undefined;
}

/** The schema of a list that stands for all of them. */
function unionOf(schemas: JsonSchema[]): JsonSchema {
  return schemas.length === 1 ? schemas[0] : { anyOf: schemas };
}

/** What may stand at `path` inside `schema`, whichever alternative of a union is chosen. */
export function schemaAt(schema: JsonSchema, path: PropertyKey[]): JsonSchema | undefined {
  if (path.length === 0) return schema;
  const [key, ...rest] = path;
  const inner = alternativesOf(schema).flatMap((alternative) => {
    const { properties, items, additionalProperties } = alternative;
    const member = typeof key === "number" ? items : properties?.[String(key)];
    return member ?? (typeof additionalProperties === "object" ? additionalProperties : []);
  });
  return inner.length === 0 ? undefined : schemaAt(unionOf(inner), rest);
}

/** {@link schemaAt} for a field's path, as "training.steps". */
export function fieldAt(schema: z.ZodType, path: string): JsonSchema | undefined {
  return schemaAt(jsonSchemaOf(schema), path.split("."));
}

/** The keys that objects of this schema may have. */
export function keysOf(schema: JsonSchema): string[] {
  const keys = alternativesOf(schema).flatMap(({ properties = {} }) => Object.keys(properties));
  return [...new Set(keys)];
}

/** What a schema allows, in words: "an integer from 1 to 64", "one of dense, sparse". */
export function expectation(schema: JsonSchema): string {
  const alternatives = alternativesOf(schema);
  const values = alternatives.flatMap((one) =>
    one.const !== undefined ? [one.const] : one.enum ?? []
  );
  const others = alternatives.filter((one) => one.const === undefined && !one.enum).map(
    typeInWords,
  );
  const choices = [...new Set(values)].map(String).join(", ");
  if (choices) others.unshift(values.length === 1 ? choices : `one of ${choices}`);
  return [...new Set(others)].join(", or ");
}

function typeInWords(schema: JsonSchema): string {
  switch (schema.type) {
    case "integer":
      return `an integer${range(schema)}`;
    case "number":
      return `a number${range(schema)}`;
    case "string":
      return schema.minLength ? "text that is not empty" : "text";
    case "boolean":
      return "true or false";
    case "null":
      return "null";
    case "array":
      return `a list of ${size(schema)}(${expectation(schema.items ?? {})})`;
    case "object":
      return "a group of fields";
    default:
      return "any value";
  }
}

function range(schema: JsonSchema): string {
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below } = schema;
  const low = isBound(minimum) ? minimum : undefined;
  const high = isBound(maximum) ? maximum : undefined;
  if (low !== undefined && high !== undefined) return ` from ${low} to ${high}`;
  const words = [
    low !== undefined && `of at least ${low}`,
    above !== undefined && `above ${above}`,
    high !== undefined && `of at most ${high}`,
    below !== undefined && `below ${below}`,
  ];
  return words.filter(Boolean).map((word) => ` ${word}`).join(" and");
}

/** zod gives whole numbers the bounds of what a double holds exactly. */
function isBound(limit: number | undefined): boolean {
  return limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER;
}

function size({ minItems, maxItems }: JsonSchema): string {
  if (minItems === undefined && maxItems === undefined) return "";
  if (minItems === maxItems) return `${minItems} `;
  return maxItems === undefined ? `${minItems} or more ` : `${minItems ?? 0} to ${maxItems} `;
}

/** A schema's fields as a Markdown table: name, meaning, allowed values, default. */
export function describeSchema(schema: z.ZodType): string {
  return renderTable(fieldsOf(schema), [
    { title: "field", value: ({ path }) => `\`${path}\`` },
    { title: "meaning", value: ({ description }) => description },
    { title: "allowed", value: ({ schema }) => expectation(schema) },
    { title: "default", value: defaultInWords },
  ], "markdown");
}

/** When a field must be given, in words. */
export function requirement(required: Exclude<Field["required"], false>): string {
  return required === true ? "required" : `required where ${required.within} is set`;
}

function defaultInWords({ default: value, required }: Field): string {
  if (value !== undefined) return `\`${JSON.stringify(value)}\``;
  return required ? requirement(required) : "–";
}
