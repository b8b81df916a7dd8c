/** What a table says of a score: how high each row is, how sure that is, and how it differs. */
import { mean, median, sampleStandardDeviation } from "simple-statistics";
import { createRandom } from "specialist/data";
import {
  bootstrap,
  conceptScoreInfo,
  type ConceptScoreName,
  driftInfo,
  holm,
  interquartileMean,
  type Interval,
  type PairedDifference,
  pairedDifference,
  type ScoreInfo,
  setScoreInfo,
  type SetScoreName,
} from "specialist/evaluation";
import type { Summary, SummaryRun } from "./summary.ts";

export type RowStatistics = {
  label: string;
  /** Runs in the row. */
  runs: number;
  /** The interquartile mean. Undefined where the row has no such score. */
  score?: number;
  /** Its 95 % interval. Undefined where a style has too few observations. */
  interval?: Interval;
  /** Half of the interval; where there is none, two standard errors. Undefined where neither is known. */
  uncertainty?: number;
  /** By style; of each a plain interquartile mean. */
  styles: Record<string, number>;
  /** The mean of what a model has more than the reference, on what both have. */
  difference?: Pick<PairedDifference, "value" | "pValue" | "effectSize"> & {
    /** How many things were compared: concepts in styles, or runs. */
    pairs: number;
    interval?: Interval;
    uncertainty?: number;
    /** Holm's correction for all rows of the table. */
    adjustedPValue: number;
  };
};

/** Whether a row differs from the reference, corrected for all rows of the table. */
export function isSignificant(
  { adjustedPValue }: NonNullable<RowStatistics["difference"]>,
): boolean {
  return adjustedPValue < 0.05;
}

/**
 * Observations that each style needs for a bootstrap interval. Fewer give intervals that are too
 * narrow: of normal values in three styles, one called 95 % covers the mean in 92 % of simulations
 * with three values each, 94 % with eight. Three seeds of a set's score are too few.
 */
const minResampled = 8;

/**
 * A row for each of the summary's. Intervals and tests are of concepts in styles, drawn style by style,
 * for scores that each image has; of runs for scores of whole sets.
 */
export function scoreStatistics(summary: Summary, score: TableScoreName): RowStatistics[] {
  const random = createRandom(`${summary.name} ${score}`);
  const reference = runsOf(summary, summary.reference);
  const rows = summary.rows.map(({ label }): RowStatistics => {
    const runs = runsOf(summary, label);
    const found = observations(summary, runs, score);
    const values = found.map(({ value }) => value);
    const interval = canResample(found)
      ? bootstrap(values, interquartileMean, random.fork(label), {
        strata: found.map(({ style }) => style),
      })
      : undefined;
    return {
      label,
      runs: runs.length,
      styles: Object.fromEntries(
        Map.groupBy(found, ({ style }) => style).entries().map(
          ([style, found]) => [style, interquartileMean(found.map(({ value }) => value))],
        ),
      ),
      ...values.length > 0 && { score: interquartileMean(values) },
      ...interval && { interval },
      uncertainty: interval ? (interval.high - interval.low) / 2 : halfWidth(
        values.map((value, i) => value - meanIn(found, found[i].style)),
      ),
    };
  });

  const compared = rows.flatMap((row) => {
    if (row.label === summary.reference || row.label === summary.drawings) return [];
    const pairs = pairsOf(summary, reference, runsOf(summary, row.label), score);
    if (pairs.length < 2) return [];
    const { low, high, ...difference } = pairedDifference(
      pairs.map(([reference]) => reference.value),
      pairs.map(([, other]) => other.value),
      random.fork(`${row.label} difference`),
      { strata: pairs.map(([{ style }]) => style) },
    );
    const interval = canResample(pairs.map(([pair]) => pair)) ? { low, high } : undefined;
    const uncertainty = interval
      ? (interval.high - interval.low) / 2
      : halfWidth(pairs.map(([reference, other]) => other.value - reference.value));
    return [{ row, difference: { ...difference, pairs: pairs.length, interval, uncertainty } }];
  });
  const adjusted = holm(compared.map(({ difference }) => difference.pValue));
  for (const [i, { row, difference }] of compared.entries()) {
    row.difference = { ...difference, adjustedPValue: adjusted[i] };
  }
  return rows;
}

/** Two standard errors of a mean; undefined of fewer than two values. */
export function halfWidth(values: readonly number[]): number | undefined {
  if (values.length < 2) return undefined;
  return 2 * sampleStandardDeviation([...values]) / Math.sqrt(values.length);
}

function meanIn(found: readonly Observation[], style: string): number {
  return mean(found.filter((one) => one.style === style).map(({ value }) => value));
}

/** Whether each style has enough to resample. */
function canResample(found: readonly Observation[]): boolean {
  const groups = Map.groupBy(found, ({ style }) => style).values().toArray();
  return groups.length > 0 && groups.every(({ length }) => length >= minResampled);
}

/** Observations of the same thing from the same noise: only styles and seeds that both rows have. */
function pairsOf(
  summary: Summary,
  a: readonly SummaryRun[],
  b: readonly SummaryRun[],
  score: TableScoreName,
): [Observation, Observation][] {
  const both = (runs: readonly SummaryRun[], others: readonly SummaryRun[]) =>
    runs.filter(({ style, seed }) =>
      others.some((other) => other.style === style && other.seed === seed)
    );
  const first = new Map(
    observations(summary, both(a, b), score).map((found) => [found.key, found]),
  );
  return observations(summary, both(b, a), score).flatMap((found) => {
    const partner = first.get(found.key);
    return partner ? [[partner, found] as [Observation, Observation]] : [];
  });
}

export function runsOf({ runs }: Summary, label: string): SummaryRun[] {
  return runs.filter((run) => run.label === label);
}

// The numbers that a score of a row is the middle of.

/** A score, with a name that heads a narrow column. */
type TableScore = ScoreInfo & { short: string };

/** Every score that a table may have, in its order. */
export const tableScores: Readonly<Record<TableScoreName, TableScore>> = {
  truth: { ...conceptScoreInfo.truth, short: "likeness" },
  content: { ...conceptScoreInfo.content, short: "content" },
  style: { ...conceptScoreInfo.style, short: "style" },
  kid: { ...setScoreInfo.kid, short: "KID" },
  gram: { ...setScoreInfo.gram, short: "Gram" },
  cmmd: { ...setScoreInfo.cmmd, short: "CMMD" },
  fid: { ...setScoreInfo.fid, short: "Fréchet" },
  perceptual: { ...conceptScoreInfo.perceptual, short: "LPIPS-like" },
  diversity: { ...setScoreInfo.diversity, short: "diversity" },
  nearestShot: { ...conceptScoreInfo.nearestShot, short: "nearest shot" },
  drift: { ...driftInfo, short: "drift" },
};

export type TableScoreName = ConceptScoreName | SetScoreName | "drift";

export const tableScoreNames = Object.keys(tableScores) as TableScoreName[];

/** Those that findings are about, and figures where all would be too many. */
export const decisiveScores = ["truth", "kid", "content"] as const satisfies TableScoreName[];

/** What varies between repetitions of the experiment: a concept in a style, or a whole run. */
type Observation = {
  style: string;
  /** What makes it the same thing in two rows. */
  key: string;
  value: number;
};

/**
 * Of a score that each image has, a value for each concept of each style, its mean over seeds; of a
 * score of a whole set, a value for each run. None where a run does not have the score.
 *
 * @param runs of one row
 */
export function observations(
  summary: Summary,
  runs: readonly SummaryRun[],
  score: TableScoreName,
): Observation[] {
  return Map.groupBy(runs, ({ style }) => style).entries().toArray().flatMap(
    ([style, runs]) => {
      if (score in setScoreInfo) {
        return runs.flatMap(({ seed, set }) => {
          const value = set[score as SetScoreName];
          return value === undefined ? [] : [{ style, key: `${style} ${seed}`, value }];
        });
      }
      const concepts = score === "drift" ? summary.driftConcepts : summary.concepts;
      const values = runs.map((run) => valuesOf(run, score as ConceptScoreName | "drift"));
      if (!values.every((values) => values !== undefined)) return [];
      return concepts.map((concept, i) => ({
        style,
        key: `${style} ${concept}`,
        value: values.reduce((sum, values) => sum + values[i], 0) / values.length,
      }));
    },
  );
}

function valuesOf(run: SummaryRun, score: ConceptScoreName | "drift"): number[] | undefined {
  return score === "drift" ? run.drift : run.concepts[score];
}

/** A score of one concept in one style, in two rows. */
type ConceptChange = { style: string; concept: string; from: number; to: number };

/** What a score of each concept becomes from one row to another, the largest gain first. */
export function conceptChanges(
  summary: Summary,
  score: TableScoreName,
  [from, to]: [from: string, to: string],
): ConceptChange[] {
  const valuesOf = (label: string) => observations(summary, runsOf(summary, label), score);
  const before = new Map(valuesOf(from).map(({ key, value }) => [key, value]));
  return valuesOf(to)
    .flatMap(({ style, key, value }) => {
      const earlier = before.get(key);
      const concept = key.slice(style.length + 1);
      return earlier === undefined ? [] : [{ style, concept, from: earlier, to: value }];
    })
    .sort((a, b) => (b.to - b.from) - (a.to - a.from));
}

/**
 * Numbers of one kind, as precise as they are known: with as many decimals as show two digits of the
 * middle uncertainty if it begins with 1 or 2, else one; where none is known, three digits of the
 * largest number. The largest number never has more than four digits.
 *
 * @param uncertainties about half as wide as 95 % intervals; unknown ones are left out
 */
export function numberText(
  values: readonly number[],
  uncertainties: readonly (number | undefined)[] = [],
) {
  const largest = Math.max(...values.map(Math.abs)) || 1;
  // Numbers that are the same differ by rounding alone.
  const known = uncertainties.filter((value) => value !== undefined && value > 1e-9 * largest);
  const firstDigit = Math.floor(Math.log10(Number.isFinite(largest) ? largest : 1));
  const lastDigit = known.length > 0
    ? Math.max(lastDigitOf(median(known as number[])), firstDigit - 3)
    : firstDigit - 2;
  const decimals = Math.min(8, Math.max(0, -lastDigit));
  const plain = (value: number) => withMinus(value.toFixed(decimals));
  const signed = (value: number) => (value > 0 ? "+" : "") + plain(value);
  return {
    plain,
    signed,
    interval: ({ low, high }: Interval) => `${plain(low)} to ${plain(high)}`,
    signedInterval: ({ low, high }: Interval) => `${signed(low)} to ${signed(high)}`,
  };
}

/** The power of ten of the last digit that an uncertainty of this size leaves. */
function lastDigitOf(uncertainty: number): number {
  const [digits, power] = uncertainty.toExponential(1).split("e").map(Number);
  return digits < 3 ? power - 1 : power;
}

export function pValueText(pValue: number): string {
  return pValue < 0.001 ? "< 0.001" : pValue.toFixed(3);
}

export function effectText(effect: number): string {
  if (!Number.isFinite(effect)) return effect > 0 ? "∞" : "−∞";
  return withMinus(effect.toFixed(2));
}

function withMinus(text: string): string {
  return text.replace("-", "−");
}
