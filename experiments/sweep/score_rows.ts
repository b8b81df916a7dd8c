/** A sweep's scores: each run's as they are, and their means over seeds. */
import { mean, sampleStandardDeviation } from "simple-statistics";
import type { ScoreComparison } from "specialist/evaluation/mod.ts";
import { resultOf } from "../adapt/result.ts";
import type { Plan, PlannedRun } from "./plan.ts";
import type { RunState } from "./run_state.ts";

/** A score of one run. */
export type ScoreRow = {
  /** The run's label on each axis. */
  labels: Record<string, string>;
  run: string;
  score: ScoreComparison["name"];
  before: number;
  after: number;
  /** 95 % interval of the change, over concepts. */
  interval: { low: number; high: number };
};

/** Runs that differ in their seed only. */
export type SummaryRow = {
  /** A label for each axis but that of the seed. */
  labels: string[];
  /** Runs that are finished. */
  runs: number;
  /** Runs there should be. */
  planned: number;
  failed: number;
  /** By the score's name. */
  scores: Map<string, SummaryScore>;
};

export type SummaryScore = {
  title: string;
  better: "higher" | "lower";
  mean: number;
  /** Undefined for a single run. */
  deviation?: number;
};

type States = ReadonlyMap<PlannedRun, RunState>;

export const seedAxis = "seed";

/** All scores of all finished runs, in the grid's order. */
export function scoreRows({ axes, points }: Plan, states: States): ScoreRow[] {
  return points.flatMap(({ labels, run }) =>
    scoresOf(states.get(run)).map(({ name, before, after, interval }) => ({
      labels: Object.fromEntries(axes.map((axis, i) => [axis, labels[i]])),
      run: run.id,
      score: name,
      before,
      after,
      interval,
    }))
  );
}

/** A row for each combination but for the seed, in the grid's order; the baseline's rows come first. */
export function summaryRows(plan: Plan, states: States): SummaryRow[] {
  const { axes, points, baseline } = plan;
  const withoutSeed = (labels: string[]) => labels.filter((_, i) => axes[i] !== seedAxis);
  const groups = (points: Plan["points"], which: "before" | "after") =>
    [...Map.groupBy(points, ({ labels }) => JSON.stringify(withoutSeed(labels))).values()]
      .map((group) =>
        summaryOf(
          withoutSeed(group[0].labels),
          group.map(({ run }) => states.get(run)),
          which,
        )
      );
  if (!baseline) return groups(points, "after");
  const [first] = points[0].labels;
  const unadapted = points.filter(({ labels }) => labels[0] === first)
    .map(({ labels: [, ...rest], run }) => ({ labels: [baseline, ...rest], run }));
  return [...groups(unadapted, "before"), ...groups(points, "after")];
}

function summaryOf(
  labels: string[],
  states: (RunState | undefined)[],
  which: "before" | "after",
): SummaryRow {
  const finished = states.map(scoresOf).filter((scores) => scores.length > 0);
  const scores = new Map((finished[0] ?? []).map(({ name, title, better }) => {
    const values = finished.map((scores) => scores.find((score) => score.name === name)![which]);
    const deviation = values.length > 1 ? sampleStandardDeviation(values) : undefined;
    return [name, { title, better, mean: mean(values), deviation }];
  }));
  const failed = states.filter((state) => state?.status === "failed").length;
  return { labels, runs: finished.length, planned: states.length, failed, scores };
}

function scoresOf(state: RunState | undefined): ScoreComparison[] {
  return state?.status === "finished" ? resultOf(state.record).scores : [];
}
