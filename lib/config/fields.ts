import type { z } from "zod";
import {
  alternativesOf,
  isGroup,
  type JsonSchema,
  jsonSchemaOf,
  keysOf,
  unionOf,
} from "./json_schema.ts";

/** One value of a configuration. */
export interface Field {
  /** Its way from the top, as "training.batchSize". */
  path: string;
  schema: JsonSchema;
  description: string;
  default: unknown;
  required: boolean;
}

/** The single values of a schema, in order; the fields of nested objects are listed one by one. */
export function fieldsOf(schema: z.ZodType): Field[] {
  return membersOf(jsonSchemaOf(schema), undefined, "");
}

function membersOf(schema: JsonSchema, defaults: unknown, prefix: string): Field[] {
  const objects = alternativesOf(schema).filter(isGroup);
  const own = (defaults ?? schema.default ?? {}) as Record<string, unknown>;
  return keysOf(schema).flatMap((key) => {
    const versions = objects.flatMap(({ properties }) => properties?.[key] ?? []);
    const [first] = versions;
    const member = versions.length === 1 ? first : { ...unionOf(versions), default: first.default };
    const value = own[key] ?? member.default;
    if (alternativesOf(member).some(isGroup)) return membersOf(member, value, `${prefix}${key}.`);
    return {
      path: prefix + key,
      schema: member,
      description: versions.find(({ description }) => description)?.description ?? "",
      default: value,
      required: value === undefined && objects.every(({ required }) => required?.includes(key)),
    };
  });
}
