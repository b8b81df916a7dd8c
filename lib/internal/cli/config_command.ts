/** Commands whose options are the fields of a schema. */
import { Command, Option } from "commander";
import type { z } from "zod";
import {
  type Assignment,
  choiceKeyOf,
  completeConfig,
  type ConfigLayer,
  configName,
  expectation,
  type Field,
  fieldAt,
  fieldsOf,
  overlay,
  parseAssignment,
  readLayers,
  requirement,
  revokeNetwork,
  terminationSignal,
} from "../runtime/mod.ts";
import { printedConfig } from "./print_config.ts";

/** A command whose options are the fields of a schema. */
interface ConfigCommand<T extends z.ZodType, Prepared = void> {
  name: string;
  description: string;
  schema: T;
  /** A field that is a positional argument; switches then take no value. */
  argument?: string;
  /** Short names of fields that lie in groups, as `prompts` for `evaluation.prompts`. */
  shortForms?: Record<string, string>;
  /** Fields that depend on those that are given; they win over the schema's defaults. */
  preset?: {
    /** The fields that some preset has, whose defaults are not the schema's. */
    paths: ReadonlySet<string>;
    layer(given: Record<string, unknown>): ConfigLayer;
  };
  /** Work that needs the network, whose permission is revoked after it. */
  prepare?(config: z.infer<T>, signal: AbortSignal): Promise<Prepared>;
  /** The work; `signal` aborts on Ctrl-C. Heavy imports belong inside. */
  run(config: z.infer<T>, signal: AbortSignal, prepared: Prepared): Promise<void>;
}

type CommonOptions = {
  config?: string;
  eager?: boolean;
  offline?: boolean;
  printConfig?: boolean;
};

/**
 * Turns a schema into a command: an option per field, `--config FILE`, `--set FIELD=VALUE`, `--eager`,
 * `--offline` and `--print-config`. Settings win over the file, which wins over the preset, and that over the
 * schema's defaults.
 */
export function configCommand<T extends z.ZodType, Prepared = void>(
  { name, description, schema, argument, shortForms = {}, preset, prepare, run }: ConfigCommand<
    T,
    Prepared
  >,
): Command {
  const assignments: Assignment[] = [];
  const command = new Command(name)
    .description(description)
    .option("--config <file>", "JSON file with fields; comments are allowed")
    .option("--set <field=value>", "set a field; may be repeated", (argument) => {
      assignments.push(parseAssignment(argument));
    })
    .option("--eager", "compile nothing: slower, for debugging")
    .option("--offline", "use only models of the Hub that were downloaded before")
    .option(
      "--print-config",
      "print the complete configuration with the source of each value, and exit",
    );

  for (const field of fieldsOf(schema)) {
    if (field.path === argument) {
      command.argument(`[${field.path}]`, field.description, (text: string) => {
        assignments.push({ path: field.path, text });
      });
      continue;
    }
    const context = {
      schema,
      bare: argument !== undefined,
      isPreset: preset?.paths.has(field.path) ?? false,
      short: Object.keys(shortForms).filter((name) => shortForms[name] === field.path),
    };
    for (const option of [optionOf(field, context), ...hyphenedOption(field)]) {
      command.addOption(
        option.argParser((text) => {
          assignments.push({ path: field.path, text });
        }),
      );
    }
  }

  return command.action(async () => {
    const { config: file, eager, offline, printConfig } = command.opts<CommonOptions>();
    const given = await readLayers(schema, { file, assignments });
    const layers = preset ? [preset.layer(overlay(given)), ...given] : given;
    const config = completeConfig(schema, overlay(layers), configName({ file }));
    if (printConfig) return console.log(printedConfig(config as Record<string, unknown>, layers));
    if (eager) (await import("../tensor/mod.ts")).forceEager();
    if (offline) Deno.env.set("HF_HUB_OFFLINE", "1");
    const signal = terminationSignal();
    const prepared = await prepare?.(config, signal);
    await revokeNetwork();
    await run(config, signal, prepared as Prepared);
  });
}

type OptionContext = {
  /** That of the whole configuration. */
  schema: z.ZodType;
  /** Whether switches take no value. */
  bare: boolean;
  /** Whether the default is the preset's. */
  isPreset: boolean;
  /** Short names of the option. */
  short: string[];
};

function optionOf(field: Field, { schema: whole, bare, isPreset, short }: OptionContext): Option {
  const { path, schema, description, default: value, required } = field;
  const isSwitch = schema.type === "boolean";
  if (isSwitch && bare) return new Option(`--${path}`, description).preset("true");
  const notes = [
    expectation(schema),
    isPreset
      ? "the preset's by default"
      : value !== undefined && `default ${JSON.stringify(value)}`,
    required && requirement(required),
  ].filter(Boolean).join("; ");
  const names = [...short, ...choiceForm(path, whole), path];
  const flags = names.map((name) => `--${name}`).join(", ");
  const option = new Option(
    `${flags} ${isSwitch ? "[value]" : "<value>"}`,
    `${description} (${notes})`.trim(),
  );
  if (field.choice) option.helpGroup(headingOf(path, field.choice));
  return isSwitch ? option.preset("true") : option;
}

/** A choice among groups is given by its name: `--method lora` is `--method.method lora`. */
function choiceForm(path: string, schema: z.ZodType): string[] {
  const [, group, key] = /^(.*)\.([^.]+)$/.exec(path) ?? [];
  if (group === undefined || choiceKeyOf(fieldAt(schema, group) ?? {}) !== key) return [];
  return [group];
}

/** Under which heading the help lists an option of a choice among groups. */
function headingOf(path: string, { names, of }: NonNullable<Field["choice"]>): string {
  const [group] = path.split(".");
  return names.length === of ? `Options of every ${group}:` : `Options of ${names.join(", ")}:`;
}

/** A name with hyphens that the help does not list: "--lora-scale" for "--loraScale". */
function hyphenedOption({ path, schema: { type } }: Field): Option[] {
  const name = path.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (name === path) return [];
  const option = new Option(`--${name} ${type === "boolean" ? "[value]" : "<value>"}`).hideHelp();
  return [type === "boolean" ? option.preset("true") : option];
}

/**
 * Downloads those of the models that are given by their ids on the Hub.
 *
 * @throws UserError where one is unavailable; the signal's reason
 */
export async function obtainModels(
  names: readonly (string | undefined)[],
  signal: AbortSignal,
): Promise<void> {
  const { obtainModel } = await import("../runtime/hub/mod.ts");
  for (const name of names) if (name !== undefined) await obtainModel(name, signal);
}
