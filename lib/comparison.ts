/** What can be said of the differences between methods: means, paired differences, curves. */
import { mean } from "simple-statistics";
import { createRandom } from "./data/mod.ts";
import {
  bootstrap,
  type Estimate,
  estimateContrast,
  minBlockFreedom,
  type ScoreInfo,
} from "./evaluation/mod.ts";
import {
  type ClipScoreSeries,
  type Figure,
  learningFigure,
  type StyleOf,
  stylesByName,
  tradeOffFigure,
} from "./figures/mod.ts";
import { UserError } from "./internal/runtime/mod.ts";
import { showTable, showText } from "./notebook/mod.ts";
import type { FinishedRun } from "./train.ts";

/** What the model before training is called. */
export const base = "base model";

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

/**
 * Estimate with its 95 % interval: for other seeds and concepts where there are three seeds at least;
 * else for other concepts drawn by the same runs, which is too narrow for other seeds.
 */
export type SummaryEstimate = Estimate & { holdsFor: "seeds and concepts" | "concepts" };

export type ScoreSummary = {
  method: string;
  score: string;
  title: string;
  better: "higher" | "lower";
  mean: SummaryEstimate;
  /** Mean of the differences on the same seeds and concepts, from the same noise. */
  difference?: SummaryEstimate;
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
  return learningFigure("optimizer step", curveTitles[name], series, "linear", stylesOf(methods));
}

/** Means over seeds and concepts, and paired differences from `against`. */
export function summarize(
  scores: readonly ScoreRow[],
  info: Record<string, Pick<ScoreInfo, "title" | "better">>,
  against: string,
): ScoreSummary[] {
  const methods = [...new Set(scores.map(({ method }) => method))];
  return Object.entries(info).flatMap(([score, { title, better }]) => {
    /** For each seed, a value for each concept. */
    const valuesOf = (method: string) => {
      const own = scores.filter((row) => row.score === score && row.method === method);
      return Map.groupBy(own, ({ seed }) => seed).values().toArray()
        .map((rows) => rows.map(({ value }) => value));
    };
    const reference = valuesOf(against);
    if (reference.length === 0) return [];
    return methods.map((method) => {
      const values = valuesOf(method);
      const differences = values.map((own, seed) =>
        own.map((value, concept) => value - reference[seed][concept])
      );
      const estimateOf = (values: readonly number[][]) => estimate(values, `${score} ${method}`);
      return {
        ...{ method, score, title, better },
        mean: estimateOf(values),
        ...(method !== against && { difference: estimateOf(differences) }),
      };
    });
  });
}

/** @param values for each seed, a value for each concept */
function estimate(values: readonly number[][], stream: string): SummaryEstimate {
  const canTellSeeds = values.length > minBlockFreedom && values[0].length > 1 &&
    values.flat().every(Number.isFinite);
  if (canTellSeeds) {
    const { value, low, high } = estimateContrast(values.map((values) => ({ style: "", values })));
    return { value, low, high, holdsFor: "seeds and concepts" };
  }
  const concepts = values[0].map((_, concept) => mean(values.map((own) => own[concept])));
  return { ...bootstrap(concepts, mean, createRandom(stream)), holdsFor: "concepts" };
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
    stylesOf(across.map(({ method }) => method)),
  );
}

/** The same look for a method in all figures of a comparison. */
export function stylesOf(methods: readonly string[]): StyleOf {
  return stylesByName(methods.filter((name) => name !== base).map((name) => [name]), { base });
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
  const reach = summary.every(({ mean }) => mean.holdsFor === "seeds and concepts")
    ? "95 % intervals are for other seeds and concepts, with the same shots."
    : "95 % intervals are for other concepts drawn by the same runs. For other seeds they are too " +
      `narrow: give ${minBlockFreedom + 1} seeds at least.`;
  await showText(() => reach);
}

function inWords({ value, low, high }: Estimate, isSigned = false): string {
  const text = (number: number) =>
    `${isSigned && number > 0 ? "+" : ""}${number.toFixed(3)}`.replace("-", "−");
  return `${text(value)} (${text(low)} to ${text(high)})`;
}
