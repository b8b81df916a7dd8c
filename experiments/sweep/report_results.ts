/** What a sweep has found out: the table, printed and written together with all scores. */
import { join } from "node:path";
import { UserError } from "specialist/errors/mod.ts";
import { writeAtomically } from "specialist/files/mod.ts";
import type { RunRecord } from "specialist/records/mod.ts";
import type { CollectConfig } from "./config.ts";
import type { Plan, PlannedRun } from "./plan.ts";
import type { RunState } from "./run_state.ts";
import { scoreRows, summaryRows } from "./score_rows.ts";
import { sweepTable } from "./score_table.ts";

/**
 * Prints the table, and writes it to `README.md` and each run's scores to `scores.json`, as soon as
 * one run is finished. The same runs give the same files.
 *
 * @throws UserError where no run has ended; Error where some have failed
 */
export async function reportResults(
  plan: Plan,
  states: ReadonlyMap<PlannedRun, RunState>,
  { output = join("results", plan.name) }: Pick<CollectConfig, "output">,
): Promise<void> {
  const finished = [...states.values()].filter(({ status }) => status === "finished");
  if (finished.length > 0) await writeResults(plan, states, output);
  const failed = [...states].flatMap(([{ title, folder }, state]) =>
    state.status === "failed" ? [`${title} (${folder}): ${state.error}`] : []
  );
  if (failed.length > 0) {
    const what = `${failed.length} of ${states.size} runs failed; --retry does them again`;
    throw new Error([what, ...failed].join("\n  - "));
  }
  if (finished.length > 0) return;
  throw new UserError({
    what: "no run of this sweep is finished",
    file: plan.file,
    remedy: "wait for one, or start the sweep",
  });
}

async function writeResults(
  plan: Plan,
  states: ReadonlyMap<PlannedRun, RunState>,
  output: string,
): Promise<void> {
  const rows = summaryRows(plan, states);
  await Deno.mkdir(output, { recursive: true });
  const table = sweepTable(plan, rows, "markdown");
  const text = [`# ${plan.title}`, table, provenanceOf(plan, states)].join("\n\n");
  await writeAtomically(join(output, "README.md"), `${text}\n`);
  const scores = JSON.stringify(scoreRows(plan, states), null, 2);
  await writeAtomically(join(output, "scores.json"), `${scores}\n`);
  console.log(`\n${sweepTable(plan, rows)}\n`);
  console.log(`Results: ${output}`);
}

function provenanceOf(plan: Plan, states: ReadonlyMap<PlannedRun, RunState>): string {
  const records = [...states.values()].flatMap((state) =>
    state.status === "finished" ? [state.record] : []
  );
  const last = (record: RunRecord) => record.attempts.at(-1)!;
  const backends = distinct(records.map((record) => last(record).backend));
  const commits = distinct(
    records.map((record) => (last(record).commit ?? "unknown").slice(0, 12)),
  );
  const versions = distinct(
    records.flatMap(({ versions }) => Object.entries(versions).map((entry) => entry.join(" "))),
  );
  return `${records.length} of ${states.size} runs, as defined in \`${plan.file}\`; mean over seeds ± ` +
    `their standard deviation where there are several. Computed with ${backends}; ${versions}; ` +
    `commit ${commits}.`;
}

function distinct(values: string[]): string {
  return [...new Set(values)].sort().join(", ");
}
