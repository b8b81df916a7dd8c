import { isGroup, type JsonSchema } from "./json_schema.ts";

type Values = Record<string, unknown>;

/**
 * `values` with a group's own defaults where only some of its fields are set: zod fills in a group's
 * `prefault` only where the whole group is missing. Groups to choose among stay as they are, since
 * one's defaults would not fit another.
 */
export function completeGroups(schema: JsonSchema, values: Values, defaults: Values = {}): Values {
  const { properties = {} } = schema;
  const completed = { ...defaults, ...values };
  for (const [key, member] of Object.entries(properties)) {
    const value = completed[key];
    if (!isObject(value) || !isGroup(member)) continue;
    completed[key] = completeGroups(
      member,
      value,
      (Object.hasOwn(defaults, key) ? defaults[key] : member.default) as Values | undefined,
    );
  }
  return completed;
}

function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
