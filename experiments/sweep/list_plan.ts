import { renderTable } from "specialist/tables/mod.ts";
import { formatDuration } from "specialist/units/mod.ts";
import type { Estimate } from "./estimate.ts";
import type { Plan, PlannedRun } from "./plan.ts";
import type { RunState } from "./run_state.ts";

/** A table of a sweep's points: what they are, how far they are, how long they take. */
export function listPlan(
  { axes, points }: Plan,
  states: ReadonlyMap<PlannedRun, RunState>,
  estimate: Estimate,
): string {
  return renderTable(points, [
    ...axes.map((title, i) => ({
      title,
      value: ({ labels }: Plan["points"][number]) => labels[i],
    })),
    { title: "run", value: ({ run }) => run.id },
    { title: "status", value: ({ run }) => states.get(run)!.status },
    { title: "time", value: ({ run }) => timeInWords(estimate(run)), align: "right" },
  ]);
}

function timeInWords(seconds: number | undefined): string {
  return seconds === undefined ? "unknown" : formatDuration(seconds);
}
