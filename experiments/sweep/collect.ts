/** The table of a sweep's finished runs. */
import { isAbsolute, join, relative, resolve } from "node:path";
import { belowRuns, withPlaces } from "specialist/internal/cli/results.ts";
import { UserError } from "specialist/internal/runtime/mod.ts";
import {
  summarise,
  type Summary,
  type TableRun,
  writeSummary,
  writeTables,
} from "../tables/mod.ts";
import type { CollectConfig } from "./config.ts";
import { type Plan, type PlannedRun, rowLabel } from "./plan.ts";
import { readRunStates, type RunState } from "./run_state.ts";

/**
 * Makes the table of the runs that are finished.
 *
 * @throws Error where runs have failed
 */
export async function runSweepCollect(plan: Plan, config: CollectConfig): Promise<void> {
  await reportResults(plan, await readRunStates(plan.runs), config);
}

// What a sweep has found out: its summary, tables and figures.

/**
 * Writes the summary of the finished runs, and the tables and figures that are made of it; prints the
 * table of all scores. The same runs give the same files.
 *
 * @throws UserError where no run has ended; Error where some have failed
 */
export async function reportResults(
  plan: Plan,
  states: ReadonlyMap<PlannedRun, RunState>,
  config: Partial<CollectConfig>,
): Promise<void> {
  const { output } = withPlaces(
    {
      "update-results": config["update-results"] ?? false,
      output: config.output ?? belowRuns(resultsFolder(plan)),
    },
    "output",
  );
  const summary = summaryOf(plan, states);
  if (summary) {
    await writeSummary(output, summary);
    console.log(`\n${(await writeTables(output, summary)).table}\n`);
    console.log(`Results: ${output}`);
    if (plan.reference !== undefined && plan.reference !== summary.reference) {
      console.log(`No run of ${plan.reference} is finished: compared with ${summary.reference}`);
    }
  }

  refuseFailures(states);
  if (summary) return;
  throw new UserError({
    what: "no run of this sweep is finished",
    file: plan.file,
    remedy: "wait for one, or start the sweep",
  });
}

const experiments = resolve(import.meta.dirname!, "..");

/**
 * Where the repository has a sweep's table: in the folder of `results` that its file has in `experiments`,
 * so that `experiments/study/gate.ts` fills `results/study/gate`; a file elsewhere fills `results/NAME`.
 */
export function resultsFolder({ file, name }: Pick<Plan, "file" | "name">): string {
  const folder = relative(experiments, resolve(file, ".."));
  return folder.startsWith("..") || isAbsolute(folder)
    ? join("results", name)
    : join("results", folder, name);
}

/**
 * What a sweep's finished runs have found out; undefined where none is finished. Where none of the
 * reference's runs is, the first row that has one takes its place.
 */
export function summaryOf(
  plan: Plan,
  states: ReadonlyMap<PlannedRun, RunState>,
): Summary | undefined {
  const finished = tableRuns(plan, states);
  if (finished.length === 0) return undefined;
  const { name, title, baseline: base } = plan;
  const rows = [base, ...finished.map(({ label }) => label)];
  const reference = rows.find((row) => row === plan.reference) ?? finished[0].label;
  return summarise({ name, title, base, reference, drawings: "true drawings" }, finished);
}

/** A sweep's finished runs with their places in its table, in the grid's order. */
export function tableRuns(
  { axes, points }: Pick<Plan, "axes" | "points">,
  states: ReadonlyMap<PlannedRun, RunState>,
): TableRun[] {
  return points.flatMap(({ labels, run }) => {
    const state = states.get(run);
    if (state?.status !== "finished") return [];
    const { shots, seed } = run.config;
    const style = labels[axes.indexOf("style")] ?? run.config.style;
    return [{ label: rowLabel(axes, labels), style, shots, seed, record: state.record }];
  });
}

/** @throws Error naming the runs that failed, if some have */
export function refuseFailures(states: ReadonlyMap<PlannedRun, RunState>): void {
  const failed = [...states].flatMap(([{ title, folder }, state]) =>
    state.status === "failed" ? [`${title} (${folder}): ${state.error}`] : []
  );
  if (failed.length === 0) return;
  const what = `${failed.length} of ${states.size} runs failed; --retry repeats them`;
  throw new Error([what, ...failed].join("\n  - "));
}
