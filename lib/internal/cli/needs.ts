/** The permissions that a command line needs: network, programs, and places to write to. */
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { jupyterPrograms, type Needs, readConfigFile } from "../runtime/mod.ts";
import { updateOption } from "./results.ts";

/** What a command needs, whatever its settings. */
type CommandNeeds = Needs & {
  /** Whether it computes with TensorFlow, whose library is then fetched where it is missing. */
  computes?: boolean;
  /** Whether it writes temporary files, for which it gets a folder that goes when it ends. */
  temporary?: boolean;
};

const deno = Deno.execPath();

/** A model may be an id on the Hub. */
const drawing: CommandNeeds = { computes: true, network: true };
const sweeping: CommandNeeds = { network: true, programs: [deno, "sbatch", "squeue"] };

const needs: Record<string, CommandNeeds> = {
  demo: drawing,
  "demo-table": drawing,
  train: drawing,
  calibrate: drawing,
  sweep: { ...sweeping, computes: true },
  "sweep-status": sweeping,
  "sweep-collect": sweeping,
  "sweep-run": { computes: true },
  "sweep-task": { programs: [deno] },
  sample: drawing,
  evaluate: drawing,
  export: { computes: true },
  caption: { network: true, programs: [deno] },
  pretrain: { computes: true },
  judges: { computes: true },
  "latent-noise": { computes: true },
  "base-styles": { computes: true },
  retrieval: { computes: true },
  // PyTorch's Python may be any.
  bench: { computes: true, programs: "any" },
  soak: { computes: true, programs: [deno], temporary: true },
  fuzz: { programs: [deno], temporary: true },
  "lib/notebook/jupyter/lab.ts": { programs: jupyterPrograms() },
  "lib/notebook/jupyter/execute.ts": {
    computes: true,
    programs: [deno, ...jupyterPrograms()],
    temporary: true,
  },
  // It writes their code next to them for a moment.
  "lib/notebook/jupyter/check.ts": { programs: [deno], updates: true },
  "tests/parity/main.ts": { computes: true, temporary: true },
};

/** The programs whose first word is a command. */
const programs = ["experiments/main.ts", "tests/main.ts"];

/** With these, nothing is computed. */
const questions = ["-h", "--help", "--print-config", "--dry-run"];

/** Whether a command line asks for an answer, and for no work. */
export const isQuestion = (args: string[]) => args.some((word) => questions.includes(word));

/** With these, what the project ships is written again. */
const updating = new RegExp(`^(--)?${updateOption}(=true)?$|^--rewrite-splits\\b`);

/** Commands that are not listed only read, and write their results. */
export function needsOf(program: string, args: string[]): CommandNeeds {
  const name = (programs.includes(program) ? args[0] : program) ?? "";
  if (/\bdoctor\b/.test(name) && args.includes("--install")) {
    return { computes: true, programs: [deno] };
  }
  const { computes = false, ...others } = needs[name] ?? {};
  const updates = others.updates || args.some((word) => updating.test(word));
  return { ...others, updates, computes: computes && !isQuestion(args) };
}

/** What a command line asks to be written. */
export type Place = {
  path: string;
  /** The option or argument that names it. */
  field?: string;
  /** A file, a folder that is filled, or one that is replaced as a whole. */
  kind: "file" | "folder" | "whole folder";
};

/** The fields of all commands that name what is written. */
const fields = ["output", "report", "runs", "results", "pages", "folder", "run"];
/** Commands whose argument is a folder in which they write. */
const inFolder = new Set(["caption", "export", "sweep-run", "sweep-task"]);
/** Their options that take a value, which is no argument then. */
const otherFields = ["format", "captioner"];
/** Commands and programs whose output is no folder that is filled, whatever was in it before. */
const outputKinds: Record<string, Place["kind"]> = {
  pretrain: "whole folder",
  judges: "whole folder",
  export: "file",
  "experiments/train/hero.ts": "file",
};
/** Programs that write next to the files that are their arguments. */
const besideFile = new Set(["lib/notebook/jupyter/execute.ts", "lib/notebook/jupyter/check.ts"]);

/** The files and folders that a command line asks to be written. */
export async function placesIn(program: string, args: string[]): Promise<Place[]> {
  const string = { type: "string", multiple: true } as const;
  const { values, positionals: words } = parseArgs({
    args,
    strict: false,
    options: Object.fromEntries(
      [...fields, ...otherFields, "set", "config"].map((name) => [name, string]),
    ),
  });
  const given = (name: string) => (values[name] ?? []) as string[];
  const assigned = given("set").flatMap((text) => {
    const [, field, value] = /^(\w+)=(.*)$/.exec(text) ?? [];
    return fields.includes(field) ? [{ field, path: value }] : [];
  });
  const configs = await Promise.all(given("config").map(readConfigFile));
  const named = [
    ...fields.flatMap((field) => given(field).map((path) => ({ field, path }))),
    ...assigned,
    ...configs.flatMap((config) =>
      fields.flatMap((field) => {
        const path = config[field];
        return typeof path === "string" ? [{ field, path }] : [];
      })
    ),
  ];
  const name = programs.includes(program) ? words[0] : program;
  const kindOf = (field: string) => field === "output" && outputKinds[name] || "folder";
  const folder = (path: string): Place => ({ path, kind: "folder" });
  return [
    ...named.map(({ field, path }): Place => ({ path, field, kind: kindOf(field) })),
    ...inFolder.has(words[0]) ? words.slice(1).map(folder) : [],
    ...besideFile.has(program) ? words.map((path) => folder(dirname(path))) : [],
  ];
}
