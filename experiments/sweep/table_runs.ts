import type { TableRun } from "../tables/mod.ts";
import type { Plan, PlannedRun } from "./plan.ts";
import { rowLabel } from "./row_label.ts";
import type { RunState } from "./run_state.ts";

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
