import { tmpdir } from "node:os";
import type { Needs } from "specialist/permissions/mod.ts";
import { jupyterPrograms } from "../../lab/mod.ts";

/** What a command needs, whatever its settings. */
export type CommandNeeds = Needs & {
  /** Whether it computes with TensorFlow, whose library is then fetched where it is missing. */
  computes?: boolean;
};

const deno = Deno.execPath();

/** A model may be an id on the Hub. */
const drawing: CommandNeeds = { computes: true, network: true };
const sweeping: CommandNeeds = { network: true, programs: [deno, "sbatch", "squeue"] };

const needs: Record<string, CommandNeeds> = {
  demo: drawing,
  "demo-table": { computes: true },
  train: drawing,
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
  // PyTorch's Python may be any.
  bench: { computes: true, programs: "any" },
  soak: { computes: true, programs: [deno], writes: [tmpdir()] },
  fuzz: { programs: [deno], writes: [tmpdir()] },
  "cli/lab.ts": { programs: jupyterPrograms() },
  "cli/notebooks.ts": {
    computes: true,
    programs: [deno, ...jupyterPrograms()],
    writes: [tmpdir()],
  },
  "cli/check_notebooks.ts": { programs: [deno] },
  "tests/parity/main.ts": { computes: true },
};

/** With these, nothing is computed. */
const questions = ["-h", "--help", "--print-config", "--dry-run"];

/** Commands that are not listed only read, and write their results. */
export function needsOf(program: string, args: string[]): CommandNeeds {
  const name = (program === "cli/main.ts" ? args[0] : program) ?? "";
  if (/\bdoctor\b/.test(name) && args.includes("--install")) {
    return { computes: true, programs: [deno] };
  }
  const { computes = false, ...others } = needs[name] ?? {};
  return { ...others, computes: computes && !args.some((word) => questions.includes(word)) };
}
