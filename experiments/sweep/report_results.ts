/** What a sweep has found out: its summary, tables and figures. */
import { join } from "node:path";
import { UserError } from "specialist/errors/mod.ts";
import { summarise, writeSummary, writeTables } from "../tables/mod.ts";
import type { CollectConfig } from "./config.ts";
import type { Plan, PlannedRun } from "./plan.ts";
import type { RunState } from "./run_state.ts";
import { tableRuns } from "./table_runs.ts";

/**
 * Writes the summary of the finished runs, and the tables and figures that are made of it; prints the
 * table of all scores. The same runs give the same files.
 *
 * @throws UserError where no run has ended; Error where some have failed
 */
export async function reportResults(
  plan: Plan,
  states: ReadonlyMap<PlannedRun, RunState>,
  { output = join("results", plan.name) }: Pick<CollectConfig, "output">,
): Promise<void> {
  const finished = tableRuns(plan, states);
  if (finished.length > 0) {
    const { name, title, baseline: base, reference = finished[0].label } = plan;
    const table = { name, title, base, reference, drawings: "true drawings" };
    const summary = summarise(table, finished);
    await writeSummary(output, summary);
    console.log(`\n${await writeTables(output, summary)}\n`);
    console.log(`Results: ${output}`);
  }

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
