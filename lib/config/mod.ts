/**
 * Configurations: zod schemas are the one source of defaults, help, documentation and errors.
 * @module
 */
export { assign, type Assignment, parseAssignment } from "./assign.ts";
export { completeConfig } from "./complete_config.ts";
export { describeSchema } from "./describe_schema.ts";
export { expectation } from "./expectation.ts";
export { type Field, fieldsOf } from "./fields.ts";
export { parseFieldValue } from "./parse_field_value.ts";
export { readConfigFile } from "./read_config_file.ts";
export { type ConfigSources, resolveConfig } from "./resolve_config.ts";
export { validate } from "./validate.ts";
