import type { z } from "zod";
import { assign, type Assignment } from "./assign.ts";
import { completeConfig } from "./complete_config.ts";
import { jsonSchemaOf, schemaAt } from "./json_schema.ts";
import { parseFieldValue } from "./parse_field_value.ts";
import { readConfigFile } from "./read_config_file.ts";

/** Where a configuration comes from, besides the schema's defaults. */
export interface ConfigSources {
  /** Path of a JSON file. */
  file?: string;
  /** Single fields; they win over the file, later ones over earlier ones. */
  assignments?: Assignment[];
}

/**
 * The validated configuration: defaults, then the file, then the assignments.
 *
 * @throws UserError naming what is wrong in it
 */
export async function resolveConfig<T extends z.ZodType>(
  schema: T,
  { file, assignments = [] }: ConfigSources,
): Promise<z.infer<T>> {
  const shape = jsonSchemaOf(schema);
  const values = assignments.reduce(
    (values, { path, text }) =>
      assign(values, path, parseFieldValue(text, schemaAt(shape, path.split(".")))),
    file ? await readConfigFile(file) : {},
  );
  return completeConfig(
    schema,
    values,
    file ? `the configuration (from ${file})` : "the configuration",
  );
}
