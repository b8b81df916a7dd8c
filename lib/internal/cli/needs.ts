/** The permissions that a command line needs: network, programs, and places to write to. */
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { jupyterPrograms, type Needs, readConfigFile } from "../runtime/mod.ts";

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
  "lib/notebook/jupyter/check.ts": { programs: [deno] },
  "tests/parity/main.ts": { computes: true, temporary: true },
};

/** The programs whose first word is a command. */
const programs = ["experiments/main.ts", "tests/main.ts"];

/** With these, nothing is computed. */
const questions = ["-h", "--help", "--print-config", "--dry-run"];

/** Commands that are not listed only read, and write their results. */
export function needsOf(program: string, args: string[]): CommandNeeds {
  const name = (programs.includes(program) ? args[0] : program) ?? "";
  if (/\bdoctor\b/.test(name) && args.includes("--install")) {
    return { computes: true, programs: [deno] };
  }
  const { computes = false, ...others } = needs[name] ?? {};
  return { ...others, computes: computes && !args.some((word) => questions.includes(word)) };
}

/** The fields of all commands that name what is written. */
const fields = ["output", "report", "runs", "results", "pages", "folder", "run"];
/** Commands whose argument is a folder in which they write. */
const inFolder = new Set(["caption", "export", "sweep-run", "sweep-task"]);
/** Commands whose output appears complete or not at all, and so is first written next to its place. */
const besideOutput = new Set(["pretrain", "judges", "export"]);
/** Programs that write next to the files that are their arguments. */
const besideFile = new Set(["lib/notebook/jupyter/execute.ts", "lib/notebook/jupyter/check.ts"]);

/** The files and folders that a command line asks to be written. */
export async function placesIn(program: string, args: string[]): Promise<string[]> {
  const string = { type: "string", multiple: true } as const;
  const { values, positionals: words } = parseArgs({
    args,
    strict: false,
    options: Object.fromEntries([...fields, "set", "config"].map((name) => [name, string])),
  });
  const given = (name: string) => (values[name] ?? []) as string[];
  const assigned = given("set").flatMap((text) => {
    const [, field, value] = /^(\w+)=(.*)$/.exec(text) ?? [];
    return fields.includes(field) ? [value] : [];
  });
  const configs = await Promise.all(given("config").map(readConfigFile));
  const configured = configs.flatMap((config) => fields.map((name) => config[name]));
  const named = [
    ...fields.flatMap(given),
    ...assigned,
    ...configured.filter((value) => typeof value === "string"),
  ];
  return [
    ...besideOutput.has(words[0]) ? named.map((path) => dirname(path)) : named,
    ...inFolder.has(words[0]) ? words.slice(1) : [],
    ...besideFile.has(program) ? words.map((path) => dirname(path)) : [],
  ];
}
