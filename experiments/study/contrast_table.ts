/** Contrasts as tables and figures: what was found, how sure it is, and from which runs. */
import type { JudgedContrast } from "specialist/evaluation";
import { contrastsFigure, type Curve, sentenceCase } from "specialist/figures";
import { type Column, renderTable, type TableFormat } from "specialist/internal/runtime/mod.ts";
import { numberText, pValueText } from "../tables/statistics.ts";

/** A judged contrast of one score, and where it comes from. */
export type ContrastRow = JudgedContrast & {
  /** What the score is, and its unit. */
  score: string;
  /** The names of the backends that its runs were computed with. */
  backends: readonly string[];
  /** How many runs it is made of. */
  runs: number;
};

/** How the tables have to be read. */
export const contrastNote =
  "An estimate is a mean over blocks (the runs of one style, shot set and seed) and concepts. Its " +
  "95 % interval is for other shots, seeds and concepts in the same styles: the styles are fixed, and " +
  "nothing is said about other ones. The detectable effect is the true difference that a test at 0.05 " +
  "finds with a probability of 80 %. p is of no difference, after Holm's correction for all registered " +
  "contrasts; exploratory ones are not corrected. p of equivalence is of a difference at or beyond the " +
  "margin. Verdicts: equivalent where p of equivalence is below 0.05, even if the difference is also " +
  "significant, because it is then too small to matter; else better or worse where p is below 0.05; " +
  "else undecided, which does not mean that there is no difference.";

/** A row for each contrast; CSV has all digits. */
export function contrastTable(rows: ContrastRow[], format: TableFormat): string {
  return renderTable(rows, format === "csv" ? rawColumns : readableColumns(rows), format);
}

function readableColumns(rows: ContrastRow[]): Column<ContrastRow>[] {
  // Scores have units of their own, and decimals that fit them.
  const texts = new Map(
    Map.groupBy(rows, ({ score }) => score).entries().map(([score, own]) => [
      score,
      numberText(
        own.flatMap(({ estimate: { low, high } }) => [low, high]),
        own.map(({ estimate: { low, high } }) => (high - low) / 2),
      ),
    ]),
  );
  const right = (title: string, value: Column<ContrastRow>["value"]): Column<ContrastRow> => ({
    title,
    value,
    align: "right",
  });
  const textOf = ({ score }: ContrastRow) => texts.get(score)!;
  return [
    { title: "contrast", value: ({ name }) => name },
    { title: "score", value: ({ score, better }) => `${score} ${better === "higher" ? "↑" : "↓"}` },
    right("estimate", (row) => textOf(row).signed(row.estimate.value)),
    right("95 % interval", (row) => textOf(row).signedInterval(row.estimate)),
    right("detectable effect", (row) => textOf(row).plain(row.estimate.detectable)),
    right(
      "p (Holm)",
      ({ adjustedPValue, estimate }) =>
        adjustedPValue === undefined
          ? `${pValueText(estimate.pValue)}, uncorrected`
          : pValueText(adjustedPValue),
    ),
    right("margin", (row) => row.margin === undefined ? "–" : `±${row.margin}`),
    right(
      "p of equivalence",
      ({ equivalencePValue: p }) => p === undefined ? "–" : pValueText(p),
    ),
    {
      title: "verdict",
      value: ({ verdict, registered }) => registered ? verdict : `${verdict} (exploratory)`,
    },
    { title: "backend", value: ({ backends }) => backends.join(" and ") },
    right("runs", ({ runs }) => `${runs}`),
  ];
}

const raw = (
  title: string,
  value: (row: ContrastRow) => number | string | boolean | undefined,
): Column<ContrastRow> => ({ title, value: (row) => `${value(row) ?? ""}` });

const rawColumns: Column<ContrastRow>[] = [
  raw("contrast", ({ name }) => name),
  raw("score", ({ score }) => score),
  raw("better", ({ better }) => better),
  raw("registered", ({ registered }) => registered),
  raw("estimate", ({ estimate }) => estimate.value),
  raw("95 % interval: low", ({ estimate }) => estimate.low),
  raw("95 % interval: high", ({ estimate }) => estimate.high),
  raw("standard error", ({ estimate }) => estimate.standardError),
  raw("degrees of freedom", ({ estimate }) => estimate.degreesOfFreedom),
  raw("detectable effect", ({ estimate }) => estimate.detectable),
  raw("p", ({ estimate }) => estimate.pValue),
  raw("p (Holm)", ({ adjustedPValue }) => adjustedPValue),
  raw("margin", ({ margin }) => margin),
  raw("p of equivalence", ({ equivalencePValue }) => equivalencePValue),
  raw("verdict", ({ verdict }) => verdict),
  raw("deviation over blocks", ({ estimate }) => estimate.spread.block),
  raw("deviation over concepts", ({ estimate }) => estimate.spread.concept),
  raw("deviation of the rest", ({ estimate }) => estimate.spread.rest),
  raw("blocks", ({ estimate }) => estimate.blocks),
  raw("concepts", ({ estimate }) => estimate.concepts),
  raw("backend", ({ backends }) => backends.join(" and ")),
  raw("runs", ({ runs }) => runs),
];

/**
 * Many contrasts in little space: a row for each score and a column for each contrast, with estimate,
 * interval and verdict.
 */
export function effectsTable(rows: readonly ContrastRow[]): string {
  const scores = Map.groupBy(rows, ({ score }) => score).values().toArray();
  const names = [...new Set(rows.map(({ name }) => name))];
  return renderTable(scores, [
    {
      title: "score",
      value: ([{ score, better }]) => `${score} ${better === "higher" ? "↑" : "↓"}`,
    },
    ...names.map((name): Column<ContrastRow[]> => ({
      title: name,
      value(own) {
        const row = own.find((row) => row.name === name);
        if (!row) return "–";
        const text = numberText(
          own.flatMap(({ estimate: { low, high }, margin = 0 }) => [low, high, margin]),
          own.map(({ estimate: { low, high } }) => (high - low) / 2),
        );
        const { estimate, verdict } = row;
        return `${text.signed(estimate.value)} (${text.signedInterval(estimate)}), ${verdict}`;
      },
    })),
  ], "markdown");
}

/** A figure for each score: estimates and intervals, over the band that counts as equivalent. */
export function contrastFigures(rows: ContrastRow[]): Curve[] {
  return Map.groupBy(rows, ({ score }) => score).entries().toArray().map(([score, own]) => {
    const { better, margin } = own[0];
    const band = margin === undefined
      ? ""
      : ` In the band, up to ±${margin}, a difference is too small to matter.`;
    return {
      title: sentenceCase(score),
      description: `Estimates with 95 % intervals for other shots, seeds and concepts.${band}`,
      figure: contrastsFigure(
        `change of: ${score}, ${better} is better`,
        own.map(({ name, registered, verdict, estimate: { value, low, high } }) => ({
          name: registered ? name : `${name} (exploratory)`,
          value,
          interval: { low, high },
          verdict,
        })),
        margin,
      ),
    };
  });
}
