/** How long runs take, as far as finished ones tell. */
import { median } from "simple-statistics";
import { createFingerprint, type RunIdentity, type RunRecord } from "specialist/records/mod.ts";
import type { PlannedRun } from "./plan.ts";

/** Seconds that a run takes from its start, or undefined where no finished run tells. */
export type Estimate = (run: PlannedRun) => number | undefined;

/**
 * The median of finished runs that differ in no more than style, shots and seed. Runs that were
 * interrupted do not count.
 */
export function estimateFrom(records: readonly RunRecord[]): Estimate {
  const times = Map.groupBy(
    records.flatMap((record) => {
      const seconds = secondsOf(record);
      return seconds === undefined ? [] : [{ work: workOf(record), seconds }];
    }),
    ({ work }) => work,
  );
  return ({ identity }) => {
    const alike = times.get(workOf(identity));
    return alike && median(alike.map(({ seconds }) => seconds));
  };
}

function secondsOf({ status, attempts, finishedAt }: RunRecord): number | undefined {
  if (status !== "finished" || attempts.length !== 1) return undefined;
  const [{ startedAt, seconds }] = attempts;
  // Records of earlier versions have times of day only.
  return seconds ?? Math.max(0, (Date.parse(finishedAt!) - Date.parse(startedAt)) / 1000);
}

/** The same for runs that take equally long. */
function workOf({ kind, config }: Pick<RunIdentity, "kind" | "config">): string {
  const { style: _, data: _d, styleWords: _w, shots: _s, ...work } = config;
  return createFingerprint({ kind, config: work, seed: 0, versions: {}, datasets: {} });
}
