import { z } from "zod";

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

/** What a schema accepts, as JSON Schema, which takes milliseconds to be made of a large one. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const known = made.get(schema);
  if (known) return known;
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  made.set(schema, json);
  return json;
}

/** The alternatives of a union; a schema that is none is its only one. */
export function alternativesOf(schema: JsonSchema): JsonSchema[] {
  const members = schema.anyOf ?? schema.oneOf;
  return members ? members.flatMap(alternativesOf) : [schema];
}

/** Whether it has fields of its own; a union of such schemas has not. */
export function isGroup({ properties }: JsonSchema): boolean {
  return properties !== undefined;
}

/** The schema of a list that stands for all of them. */
export function unionOf(schemas: JsonSchema[]): JsonSchema {
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

/** The keys that objects of this schema may have. */
export function keysOf(schema: JsonSchema): string[] {
  const keys = alternativesOf(schema).flatMap(({ properties = {} }) => Object.keys(properties));
  return [...new Set(keys)];
}
