/** A summary's figures: scores with their intervals, what is gained and lost, how fast it is learned. */
import { mean } from "simple-statistics";
import {
  type Curve,
  type Figure,
  learningFigure,
  linkedFigure,
  partEffectsFigure,
  type Repetitions,
  repetitionsFigure,
  scoreBarsFigure,
  sentenceCase,
  type StyleOf,
  tradeOffFigure,
} from "specialist/figures";
import { figuresByQuantity } from "./by_quantity.ts";
import { type CurvePoint, curveScores, learningCurves } from "./learning.ts";
import { headOf, type Statistics } from "./sections.ts";
import {
  decisiveScores,
  isSignificant,
  observations,
  type RowStatistics,
  runsOf,
  type TableScoreName,
  tableScores,
} from "./statistics.ts";
import { rowStyles } from "./row_styles.ts";
import type { Summary, SummaryRun } from "./summary.ts";

/** A method has one colour in all of them. */
export function figuresOf(summary: Summary, statistics: Statistics): Curve[] {
  const styleOf = rowStyles(summary);
  return [
    ...tradeOff(statistics, styleOf),
    ...learning(summary, styleOf),
    ...partEffects(summary, statistics),
    ...repetitionFigures(summary, styleOf),
    ...figuresByQuantity(summary, statistics),
    ...[...statistics].map(([name, rows]) => bars(name, rows, styleOf)),
  ];
}

/** The one that says most: what more of a quantity brings, else what each row changes. */
export function leadingFigure(summary: Summary, statistics: Statistics): Curve | undefined {
  return [...figuresByQuantity(summary, statistics), ...partEffects(summary, statistics)][0];
}

function bars(name: TableScoreName, rows: readonly RowStatistics[], styleOf: StyleOf): Curve {
  return {
    title: sentenceCase(tableScores[name].title),
    description: `${tableScores[name].description}. Interquartile means${
      rows.some(({ interval }) => interval) ? " with 95 % intervals" : ""
    }.`,
    figure: scoreBarsFigure(
      headOf(name),
      rows.flatMap(({ label, score, interval }) =>
        score === undefined ? [] : [{ name: label, value: score, interval }]
      ),
      styleOf,
    ),
  };
}

/** What each row changes in comparison with the reference: an ablation's parts. */
export function partEffects(summary: Summary, statistics: Statistics): Curve[] {
  const { reference, base } = summary;
  return decisiveScores.flatMap((score) => {
    const parts = (statistics.get(score) ?? []).flatMap(({ label, difference }) => {
      if (label === base || !difference?.interval) return [];
      const { value, interval } = difference;
      return [{ name: label, value, interval, isClear: isSignificant(difference) }];
    });
    if (parts.length === 0) return [];
    return [{
      title: sentenceCase(`${tableScores[score].title}: change against ${reference}`),
      description: "Mean paired differences on the same prompts and noise, with 95 % intervals; " +
        "grey where p is 0.05 or more after Holm's correction for the table's rows.",
      figure: partEffectsFigure(`change of: ${headOf(score)}`, parts, rowStyles(summary)),
    }];
  });
}

/** Content against style; nothing where the style's true drawings are not known. */
function tradeOff(statistics: Statistics, styleOf: StyleOf): Curve[] {
  const [content, style] = [statistics.get("content"), statistics.get("kid")];
  if (!content || !style) return [];
  return [{
    title: "Content and style",
    description:
      "What a method gains in style it may lose in content. Right and up are better; the " +
      "dotted line joins those that no other beats in both. Interquartile means; 95 % intervals " +
      "where each style has enough observations.",
    figure: tradeOffFigure(
      tableScores.content,
      tableScores.kid,
      content.flatMap((row, i) => {
        const [x, y] = [measured(row), measured(style[i])];
        return x && y ? [{ name: row.label, x, y }] : [];
      }),
      styleOf,
    ),
  }];
}

function measured({ score, interval }: RowStatistics) {
  return score === undefined ? undefined : { value: score, interval };
}

/** Scores of validation concepts over the training, by steps and by seconds. */
function learning(summary: Summary, styleOf: StyleOf): Curve[] {
  const axes = [
    { x: "optimizer step", at: (point: CurvePoint) => point.step },
    { x: "seconds of training", at: (point: CurvePoint) => point.seconds },
  ];
  return curveScores.flatMap(({ curve, y }) => {
    const rows = learningCurves(summary, curve);
    if (rows.length === 0) return [];
    return axes.map(({ x, at }) => ({
      title: `Speed of learning: ${y}, by ${x}`,
      description: "Of validation concepts, the mean of a row's styles and seeds.",
      figure: learningFigure(
        x,
        y,
        rows.map(({ label, points }) => ({
          name: label,
          points: points.map((point) => ({ x: at(point), y: point.value })),
        })),
        "linear",
        styleOf,
      ),
    }));
  });
}

// What a row changes in each style and seed, compared with what a seed changes alone.

/** None where the reference has a single seed. */
function repetitionFigures(summary: Summary, styleOf: StyleOf): Curve[] {
  const { reference, base, drawings } = summary;
  const labels = summary.rows.map(({ label }) => label)
    .filter((label) => ![reference, base, drawings].includes(label));
  return decisiveScores.flatMap((score) => {
    const byChance = seedChanges(summary, score);
    if (byChance.length === 0) return [];
    const changes = labels.map((name): Repetitions => ({
      name,
      values: cellChanges(summary, score, name),
    }));
    return [{
      title: sentenceCase(`${tableScores[score].title}: each style and seed against ${reference}`),
      description:
        `A dot is the mean change in one style and seed. Above all, two seeds of ${reference} ` +
        "against each other; the band is as wide as they lie apart.",
      figure: repetitionsFigure(
        `change of: ${headOf(score)}`,
        changes,
        { name: "another seed", values: byChance },
        styleOf,
      ),
    }];
  });
}

/** A row less the reference, for each style and seed that both have. */
export function cellChanges(summary: Summary, score: TableScoreName, label: string): number[] {
  const references = runsOf(summary, summary.reference);
  return runsOf(summary, label).flatMap((run) => {
    const reference = references.find(({ style, seed }) =>
      style === run.style && seed === run.seed
    );
    return reference ? difference(summary, score, run, reference) : [];
  });
}

/** The reference of one seed less that of another, for each style and pair of seeds. */
export function seedChanges(summary: Summary, score: TableScoreName): number[] {
  const runs = runsOf(summary, summary.reference);
  return runs.flatMap((run, i) =>
    runs.slice(i + 1).filter(({ style }) => style === run.style)
      .flatMap((other) => difference(summary, score, other, run))
  );
}

function difference(
  summary: Summary,
  score: TableScoreName,
  run: SummaryRun,
  other: SummaryRun,
): [] | [number] {
  const [a, b] = [run, other].map((run) =>
    observations(summary, [run], score).map(({ value }) => value)
  );
  return a.length && b.length ? [mean(a) - mean(b)] : [];
}

/** The trade-off between content and style, likeness, and learning by steps and by seconds. */
const dashboardTitles = [
  "Likeness to the true drawing",
  "Content and style",
  "Speed of learning: mean likeness to the true drawing, by optimizer step",
  "Speed of learning: mean likeness to the true drawing, by seconds of training",
];

/** The figures that say most about a sweep, as linked panels: a click on a row hides it in all of them. */
export function dashboardFigure(summary: Summary, statistics: Statistics): Figure {
  const figures = figuresOf(summary, statistics);
  const panels = dashboardTitles.flatMap((name) => figures.filter(({ title }) => title === name));
  return linkedFigure(
    panels.map(({ title, figure }) => ({ title: title.replace(/:.*, by/, ", by"), figure })),
    2,
    rowStyles(summary),
  );
}
