/** A summary's figures: scores with their intervals, what is gained and lost, how fast it is learned. */
import { mean } from "simple-statistics";
import { learningFigure, scoreBarsFigure, tradeOffFigure } from "specialist/plots/mod.ts";
import type { Curve } from "specialist/report/mod.ts";
import { type TableScoreName, tableScores } from "./observations.ts";
import { headOf, type Statistics } from "./sections.ts";
import { type RowStatistics, runsOf } from "./statistics.ts";
import type { Summary } from "./summary.ts";

export function figuresOf(summary: Summary, statistics: Statistics): Curve[] {
  return [
    ...tradeOff(statistics),
    ...learning(summary),
    ...byShots(summary, statistics),
    ...[...statistics].map(([name, rows]) => bars(name, rows)),
  ];
}

function bars(name: TableScoreName, rows: readonly RowStatistics[]): Curve {
  return {
    title: tableScores[name].title,
    description: `${tableScores[name].description}. Interquartile means with 95 % intervals.`,
    figure: scoreBarsFigure(
      headOf(name),
      rows.flatMap(({ label, score, interval }) =>
        score === undefined ? [] : [{ name: label, value: score, interval }]
      ),
    ),
  };
}

/** Content against style; nothing where the style's true drawings are not known. */
function tradeOff(statistics: Statistics): Curve[] {
  const [content, style] = [statistics.get("content"), statistics.get("kid")];
  if (!content || !style) return [];
  return [{
    title: "Content and style",
    description:
      "What a method gains in style it may lose in content. Right and up are better; the " +
      "dotted line joins those that no other beats in both. Interquartile means with 95 % intervals.",
    figure: tradeOffFigure(
      tableScores.content,
      tableScores.kid,
      content.flatMap((row, i) => {
        const [x, y] = [measured(row), measured(style[i])];
        return x && y ? [{ name: row.label, x, y }] : [];
      }),
    ),
  }];
}

function measured({ score, interval }: RowStatistics) {
  return score === undefined ? undefined : { value: score, interval };
}

const curveScores = [
  { curve: "truth", y: "mean likeness to the true drawing" },
  { curve: "clipScore", y: "mean CLIP score" },
] as const;

/** Scores of validation concepts over the training, by steps and by seconds. */
function learning(summary: Summary): Curve[] {
  const axes = [
    { x: "optimizer step", at: (point: CurvePoint) => point.step },
    { x: "seconds of training", at: (point: CurvePoint) => point.seconds },
  ];
  return curveScores.flatMap(({ curve, y }) => {
    const rows = summary.rows
      .map(({ label }) => ({ name: label, points: meanCurve(summary, label, curve) }))
      .filter(({ points }) => points.length > 0);
    if (rows.length === 0) return [];
    return axes.map(({ x, at }) => ({
      title: `Speed of learning: ${y}, by ${x}`,
      description: "Of validation concepts, the mean of a row's styles and seeds.",
      figure: learningFigure(
        x,
        y,
        rows.map(({ name, points }) => ({
          name,
          points: points.map((point) => ({ x: at(point), y: point.value })),
        })),
      ),
    }));
  });
}

type CurvePoint = { step: number; seconds: number; value: number };

/** At the steps that all of a row's runs have. */
function meanCurve(summary: Summary, label: string, curve: "truth" | "clipScore"): CurvePoint[] {
  const points = runsOf(summary, label).map(({ curves }) =>
    (curves?.[curve] ?? []).map(({ step, value }, i) => ({
      step,
      value,
      seconds: curves!.seconds[i].value,
    }))
  );
  return Map.groupBy(points.flat(), ({ step }) => step).entries().toArray()
    .filter(([, found]) => found.length === points.length)
    .map(([step, found]) => ({
      step,
      value: mean(found.map(({ value }) => value)),
      seconds: mean(found.map(({ seconds }) => seconds)),
    }));
}

/** Where rows differ in their shots: what more shots bring. */
function byShots(summary: Summary, statistics: Statistics): Curve[] {
  const shotsOf = (label: string) => runsOf(summary, label)[0].shots;
  const isAdapted = (label: string) => label !== summary.base && label !== summary.drawings;
  const adapted = summary.rows.filter(({ label }) => isAdapted(label));
  if (new Set(adapted.map(({ label }) => shotsOf(label))).size < 2) return [];
  return (["truth", "content", "kid"] as const).flatMap((name) => {
    const points = (statistics.get(name) ?? []).flatMap(({ label, score }) =>
      score !== undefined && isAdapted(label) ? [{ x: shotsOf(label), y: score }] : []
    );
    if (points.length === 0) return [];
    return [{
      title: `${tableScores[name].title}, by shots`,
      description: tableScores[name].description,
      figure: learningFigure("shots", headOf(name), [
        { name: summary.title, points: points.toSorted((a, b) => a.x - b.x) },
      ]),
    }];
  });
}
