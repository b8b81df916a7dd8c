/** What a row changes in each style and seed, beside what a seed changes alone. */
import { mean } from "simple-statistics";
import { type Repetitions, repetitionsFigure } from "specialist/plots/mod.ts";
import type { Curve } from "specialist/report/mod.ts";
import { decisiveScores, observations, type TableScoreName, tableScores } from "./observations.ts";
import { headOf } from "./sections.ts";
import { runsOf } from "./statistics.ts";
import type { Summary, SummaryRun } from "./summary.ts";

/** None where the reference has a single seed. */
export function repetitionFigures(summary: Summary): Curve[] {
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
      title: `${tableScores[score].title}: each style and seed against ${reference}`,
      description:
        `A dot is the mean change in one style and seed. Above all, two seeds of ${reference} ` +
        "against each other; the band is as wide as they lie apart.",
      figure: repetitionsFigure(`change of: ${headOf(score)}`, changes, {
        name: "another seed",
        values: byChance,
      }),
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
