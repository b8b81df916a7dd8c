import type { z } from "zod";
import { completeGroups } from "./complete_groups.ts";
import { jsonSchemaOf } from "./json_schema.ts";
import { validate } from "./validate.ts";

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
