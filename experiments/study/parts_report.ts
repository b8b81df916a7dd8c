/** Stage 1 in the report: the main effect of each part on each score. */
import { mean } from "simple-statistics";
import { z } from "zod";
import { type FactorialCell, factorialEffects } from "specialist/evaluation";
import { type Column, renderTable } from "specialist/internal/runtime/mod.ts";
import { runsOf } from "../tables/statistics.ts";
import type { Summary, SummaryRun } from "../tables/mod.ts";
import { type Comparison, drawingsOf, trainedLabels } from "./contrasts.ts";
import { type PartName, parts } from "./setting.ts";
import { likeness, overfittingGap } from "./scores.ts";

type Level = 1 | -1;

/** Which parts each cell of the design has on. */
export type Cells = Readonly<Record<string, readonly PartName[]>>;

/**
 * The main effect of each part: cells with it less cells without. Of effects of two parts together the
 * design shows only sums of two that cannot be told apart, and so they are not reported.
 */
export function mainEffects(cells: Cells): Comparison[] {
  const labels = Object.keys(cells);
  const levels = labels.map((label) =>
    Object.fromEntries(
      parts.map((part): [PartName, Level] => [part, cells[label].includes(part) ? 1 : -1]),
    ) as Record<PartName, Level>
  );
  return parts.map((part) => ({
    name: part,
    labels,
    combine(values) {
      const design = labels.map((label, i): FactorialCell<PartName> => ({
        levels: levels[i],
        values: values.get(label)!,
      }));
      return factorialEffects(design)[part];
    },
  }));
}

const trainedSchema = z.object({ training: z.object({ steps: z.number() }) });

/** The shots and steps that all rows of a summary have; undefined where they differ. */
export function settingOf(summary: Summary): { shots: number; steps: number } | undefined {
  const labels = new Set(trainedLabels(summary));
  const steps = summary.rows.filter(({ label }) => labels.has(label))
    .map(({ config }) => trainedSchema.safeParse(config).data?.training.steps);
  const shots = summary.runs.filter(({ label }) => labels.has(label)).map(({ shots }) => shots);
  const same = new Set(steps).size === 1 && new Set(shots).size === 1 && steps[0] !== undefined;
  return same ? { shots: shots[0], steps: steps[0]! } : undefined;
}

// Levels: how high each row is.

export const levelsNote =
  "Plain means over a row's runs. *Content* and *nearest shot* are less the designers' own drawings'. " +
  "*Overfitting gap* is held-out less shots' fixed-noise loss after the last step.";

/** Means over runs, for each row. */
export function levelsTable(summary: Summary): string {
  const meanOf =
    (values: (run: SummaryRun) => readonly number[] | undefined) => (label: string) => {
      const found = runsOf(summary, label).map((run) => values(run));
      const numbers = found.flatMap((values) =>
        values && values.length > 0 ? mean([...values]) : []
      );
      return numbers.length === 0 ? undefined : mean(numbers);
    };
  const column = (
    title: string,
    decimals: number,
    values: (run: SummaryRun) => readonly number[] | undefined,
    sign = "",
  ): Column<string> => ({
    title,
    value(label) {
      const level = meanOf(values)(label);
      if (level === undefined) return "–";
      return `${level > 0 ? sign : ""}${level.toFixed(decimals)}`.replace("-", "−");
    },
    align: "right",
  });
  const labels = summary.rows.map(({ label }) => label).filter((label) =>
    label !== summary.drawings
  );
  return renderTable(labels, [
    { title: "row", value: (label) => label },
    {
      title: "runs",
      value: (label) => `${runsOf(summary, label).length}`,
      align: "right",
    },
    column("likeness ↑", 3, likeness.values),
    column("content ↑", 2, (run) => relativeContent(summary, run), "+"),
    column("style ↑", 3, ({ concepts }) => concepts.style),
    column("overfitting gap ↓", 4, overfittingGap.values, "+"),
    column("nearest shot ↓", 3, (run) => relative(summary, run, "nearestShot"), "+"),
    column("drift ↓", 3, ({ drift }) => drift),
  ], "markdown");
}

/** A score less the designer's own drawings', concept by concept. */
function relative(
  summary: Summary,
  run: SummaryRun,
  score: "content" | "nearestShot",
): number[] | undefined {
  const drawn = drawingsOf(summary, run)?.concepts[score];
  return drawn && run.concepts[score]?.map((value, i) => value - drawn[i]);
}

/** Content less the designer's own drawings', concept by concept. */
export const relativeContent = (summary: Summary, run: SummaryRun) =>
  relative(summary, run, "content");

/** Mean content of one row's runs less the designer's own drawings', by style. */
export function contentByStyle(summary: Summary, label: string): Map<string, number> {
  const byStyle = Map.groupBy(runsOf(summary, label), ({ style }) => style);
  const levels = byStyle.entries().toArray().flatMap(([style, runs]): [string, number][] => {
    const values = runs.flatMap((run) => relativeContent(summary, run) ?? []);
    return values.length === 0 ? [] : [[style, mean(values)]];
  });
  return new Map(levels);
}
