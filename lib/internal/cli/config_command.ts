/** Commands whose options are the fields of a schema. */
import { Command, Option } from "commander";
import type { z } from "zod";
import {
  type Assignment,
  expectation,
  type Field,
  fieldsOf,
  parseAssignment,
  resolveConfig,
  revokeNetwork,
  terminationSignal,
} from "../runtime/mod.ts";

/** A command whose options are the fields of a schema. */
interface ConfigCommand<T extends z.ZodType, Prepared = void> {
  name: string;
  description: string;
  schema: T;
  /** A field that is a positional argument; switches then take no value. */
  argument?: string;
  /** Short names of fields that lie in groups, as `prompts` for `evaluation.prompts`. */
  shortForms?: Record<string, string>;
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
 * `--offline` and `--print-config`. Settings win over the file, which wins over the schema's defaults.
 */
export function configCommand<T extends z.ZodType, Prepared = void>(
  { name, description, schema, argument, shortForms = {}, prepare, run }: ConfigCommand<
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
    .option("--print-config", "print the complete configuration, and exit");

  for (const field of fieldsOf(schema)) {
    if (field.path === argument) {
      command.argument(`[${field.path}]`, field.description, (text: string) => {
        assignments.push({ path: field.path, text });
      });
      continue;
    }
    command.addOption(
      optionOf(field, argument !== undefined).argParser((text) => {
        assignments.push({ path: field.path, text });
      }),
    );
  }
  addOtherNames(command, schema, shortForms, (assignment) => assignments.push(assignment));

  return command.action(async () => {
    const { config: file, eager, offline, printConfig } = command.opts<CommonOptions>();
    const config = await resolveConfig(schema, { file, assignments });
    if (printConfig) return console.log(JSON.stringify(config, null, 2));
    if (eager) (await import("../tensor/mod.ts")).forceEager();
    if (offline) Deno.env.set("HF_HUB_OFFLINE", "1");
    const signal = terminationSignal();
    const prepared = await prepare?.(config, signal);
    await revokeNetwork();
    await run(config, signal, prepared as Prepared);
  });
}

function optionOf({ path, schema, description, default: value, required }: Field, bare: boolean) {
  const isSwitch = schema.type === "boolean";
  if (isSwitch && bare) return new Option(`--${path}`, description).preset("true");
  const notes = [
    expectation(schema),
    value !== undefined && `default ${JSON.stringify(value)}`,
    required && "required",
  ].filter(Boolean).join("; ");
  const option = new Option(
    `--${path} ${isSwitch ? "[value]" : "<value>"}`,
    `${description} (${notes})`.trim(),
  );
  return isSwitch ? option.preset("true") : option;
}

/** Short forms, in the help, and names with hyphens, as "--lora-scale" for "--loraScale", which are not. */
function addOtherNames(
  command: Command,
  schema: z.ZodType,
  shortForms: Record<string, string>,
  assign: (assignment: Assignment) => void,
): void {
  for (const { path, schema: { type } } of fieldsOf(schema)) {
    const hyphened = path.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const short = Object.keys(shortForms).filter((name) => shortForms[name] === path);
    for (const name of [...short, ...hyphened === path ? [] : [hyphened]]) {
      const value = type === "boolean" ? "[value]" : "<value>";
      const option = new Option(`--${name} ${value}`, `short for --${path}`);
      if (type === "boolean") option.preset("true");
      command.addOption(
        option.hideHelp(!short.includes(name)).argParser((text) => assign({ path, text })),
      );
    }
  }
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
