import { summarise, type Summary } from "../tables/mod.ts";
import type { Plan, PlannedRun } from "./plan.ts";
import type { RunState } from "./run_state.ts";
import { tableRuns } from "./table_runs.ts";

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
