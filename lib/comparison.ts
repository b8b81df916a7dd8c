/** What can be said of the differences between methods: means, paired differences, curves. */
import { mean } from "simple-statistics";
import { createRandom } from "./data/mod.ts";
import { bootstrap, type Estimate, type ScoreInfo } from "./evaluation/mod.ts";
import {
  type ClipScoreSeries,
  type Figure,
  learningFigure,
  tradeOffFigure,
} from "./figures/mod.ts";
import { UserError } from "./internal/runtime/mod.ts";
import { showTable } from "./notebook/mod.ts";
import type { FinishedRun } from "./train.ts";

/** A finished run of one of the compared methods. */
export type ComparedRun = { method: string; seed: number; run: FinishedRun };

/** One score of one image. */
export type ScoreRow = {
  method: string;
  seed: number;
  /** The held-out concept that was drawn. */
  concept: string;
  score: string;
  value: number;
};

export type ScoreSummary = {
  method: string;
  score: string;
  title: string;
  better: "higher" | "lower";
  /** The mean with its 95 % interval over concepts. */
  mean: Estimate;
  /** Mean of the differences on the same concepts from the same noise, with its 95 % interval. */
  difference?: Estimate;
};

/** Curves of a run that methods are compared by, besides content. */
export const curveTitles = {
  shots: "loss on the shots (mean squared error)",
  heldOut: "held-out loss (mean squared error)",
  truth: "mean likeness to the true drawings",
};

/** The mean over seeds, and of the ends of the intervals. */
export function clipCurves(
  methods: readonly string[],
  runs: readonly ComparedRun[],
): ClipScoreSeries[] {
  return methods.map((name) => {
    const curves = runs.filter(({ method }) => method === name)
      .map(({ run }) => run.result.curves.clipScore);
    const points = curves[0].map(({ step }, i) => ({
      step,
      value: mean(curves.map((curve) => curve[i].value)),
      low: mean(curves.map((curve) => curve[i].low)),
      high: mean(curves.map((curve) => curve[i].high)),
    }));
    return { name, points };
  });
}

/** A curve of each method, the mean over seeds. */
export function curveOf(
  name: keyof typeof curveTitles,
  methods: readonly string[],
  runs: readonly ComparedRun[],
): Figure {
  const series = methods.map((method) => {
    const curves = runs.filter((run) => run.method === method)
      .map(({ run }) => run.result.curves[name]);
    const points = curves[0].map(({ step }, i) => ({
      x: step,
      y: mean(curves.map((curve) => curve[i].value)),
    }));
    return { name: method, points };
  });
  return learningFigure("optimizer step", curveTitles[name], series);
}

/** Means over concepts, whose seeds are averaged first: concepts are what the intervals are over. */
export function summarize(
  scores: readonly ScoreRow[],
  info: Record<string, Pick<ScoreInfo, "title" | "better">>,
  against: string,
): ScoreSummary[] {
  const methods = [...new Set(scores.map(({ method }) => method))];
  return Object.entries(info).flatMap(([score, { title, better }]) => {
    const valuesOf = (method: string) => {
      const own = scores.filter((row) => row.score === score && row.method === method);
      return Map.groupBy(own, ({ concept }) => concept).values().toArray()
        .map((rows) => mean(rows.map(({ value }) => value)));
    };
    const reference = valuesOf(against);
    if (reference.length === 0) return [];
    return methods.map((method) => {
      const values = valuesOf(method);
      const random = () => createRandom(`${score} ${method}`);
      const differences = values.map((value, i) => value - reference[i]);
      return {
        ...{ method, score, title, better },
        mean: bootstrap(values, mean, random()),
        ...(method !== against && { difference: bootstrap(differences, mean, random()) }),
      };
    });
  });
}

/** One score against another, a point for each method. @throws UserError where there is no such score */
export function tradeOffOf(summary: readonly ScoreSummary[], x: string, y: string): Figure {
  const rowsOf = (name: string) => {
    const rows = summary.filter(({ score }) => score === name);
    if (rows.length > 0) return rows;
    throw new UserError({
      what: "tradeOff: there is no such score",
      value: name,
      remedy: `choose from ${[...new Set(summary.map(({ score }) => score))].join(", ")}`,
    });
  };
  const [across, up] = [rowsOf(x), rowsOf(y)];
  const measured = ({ mean }: ScoreSummary) => ({ value: mean.value, interval: mean });
  return tradeOffFigure(
    across[0],
    up[0],
    across.map((row, i) => ({ name: row.method, x: measured(row), y: measured(up[i]) })),
  );
}

/** Shows a row for each method, with the paired differences next to the means. */
export async function showSummary(
  summary: readonly ScoreSummary[],
  against: string,
): Promise<void> {
  const scores = Map.groupBy(summary, ({ score }) => score).values().toArray();
  const methods = [...new Set(summary.map(({ method }) => method))];
  await showTable(methods, [
    { title: "", value: (method: string) => method },
    ...scores.flatMap((own) => {
      const [{ title, better }] = own;
      const of = (method: string) => own.find((row) => row.method === method)!;
      return [
        {
          title: `${title}, ${better} is better`,
          value: (method: string) => inWords(of(method).mean),
          align: "right" as const,
        },
        {
          title: `difference from ${against}`,
          value: (method: string) => {
            const { difference } = of(method);
            return difference ? inWords(difference, true) : "";
          },
          align: "right" as const,
        },
      ];
    }),
  ]);
}

function inWords({ value, low, high }: Estimate, isSigned = false): string {
  const text = (number: number) =>
    `${isSigned && number > 0 ? "+" : ""}${number.toFixed(3)}`.replace("-", "−");
  return `${text(value)} (${text(low)} to ${text(high)})`;
}
