/** From a stage's summary to contrasts: blocks that are complete, and what a score differs by in each. */
import { estimateContrast, estimateOverBlocks, minBlockFreedom } from "specialist/evaluation";
import { UserError } from "specialist/internal/runtime/mod.ts";
import type { Summary, SummaryRun } from "../tables/mod.ts";
import type { ContrastRow } from "./contrast_table.ts";
import type { StudyScore } from "./scores.ts";

// Blocks.

/** The runs of one style and set of shots, by their rows' labels. */
export type StudyBlock = { style: string; seed: number; runs: ReadonlyMap<string, SummaryRun> };

/** The rows that were trained: neither the base model nor the designers' drawings. */
export function trainedLabels({ rows, base, drawings }: Summary): string[] {
  return rows.map(({ label }) => label).filter((label) => label !== base && label !== drawings);
}

/** A stage's blocks, without runs that had a step that was not finite: those count as failed. */
export function blocksOf(summary: Summary): StudyBlock[] {
  const trained = new Set(trainedLabels(summary));
  const sound = summary.runs.filter(({ label, skippedSteps = 0 }) =>
    trained.has(label) && skippedSteps === 0
  );
  return Map.groupBy(sound, ({ style, seed }) => `${style} ${seed}`).values().toArray()
    .map((own) => ({
      style: own[0].style,
      seed: own[0].seed,
      runs: new Map(own.map((run) => [run.label, run])),
    }));
}

/** The blocks that have a run of every label. */
export function completeBlocks(
  blocks: readonly StudyBlock[],
  labels: readonly string[],
): StudyBlock[] {
  return blocks.filter(({ runs }) => labels.every((label) => runs.has(label)));
}

/**
 * @throws UserError naming the runs, where those of one table were computed with different backends
 */
export function refuseMixedBackends({ name, runs, provenance }: Summary): void {
  const byBackend = Map.groupBy(runs, ({ backend }) => backend);
  const known = byBackend.size > 1 || byBackend.has(undefined) && provenance.backends.length > 1;
  const resumed = runs.find(({ backend }) => backend?.includes(", then "));
  if (!known && !resumed) return;
  const groups = [...byBackend].map(([backend = provenance.backends.join(" or "), own]) => {
    const ids = [...new Set(own.map(({ id }) => id))];
    return `${backend}: ${ids.slice(0, 8).join(", ")}${ids.length > 8 ? ", …" : ""}`;
  });
  throw new UserError({
    what: `the runs of ${name} were computed with different backends: ${groups.join("; ")}`,
    field: "backend",
    remedy: "repeat the runs of one of them, and collect the table again",
  });
}

// Contrasts.

/** A contrast that has not been judged yet. */
export type StudyContrast = Omit<ContrastRow, "verdict" | "adjustedPValue" | "equivalencePValue">;

/** What is compared in each block: labels it takes, and values of a score made of those labels'. */
export type Comparison = {
  name: string;
  labels: readonly string[];
  combine(values: ReadonlyMap<string, readonly number[]>): readonly number[];
};

/** One row less another. */
export function difference(name: string, label: string, reference: string): Comparison {
  return {
    name,
    labels: [label, reference],
    combine(values) {
      const from = values.get(reference)!;
      return values.get(label)!.map((value, i) => value - from[i]);
    },
  };
}

/**
 * A comparison's contrast of a score, of all blocks that have what it needs; undefined where these are
 * fewer than two more than their styles.
 */
export function contrastOf(
  blocks: readonly StudyBlock[],
  { name, labels, combine }: Comparison,
  score: StudyScore,
  { registered = false }: { registered?: boolean } = {},
): StudyContrast | undefined {
  const used = completeBlocks(blocks, labels).flatMap((block) => {
    const values = new Map<string, readonly number[]>();
    for (const label of labels) {
      const found = score.values(block.runs.get(label)!);
      if (found) values.set(label, found);
    }
    return values.size < labels.length ? [] : [{ block, values: combine(values) }];
  });
  const styles = new Set(used.map(({ block }) => block.style));
  if (used.length - styles.size < minBlockFreedom) return undefined;
  const runs = used.flatMap(({ block }) => labels.map((label) => block.runs.get(label)!));
  return {
    name,
    score: score.name,
    better: score.better,
    margin: score.margin,
    registered,
    estimate: score.perBlock
      ? estimateOverBlocks(used.map(({ block: { style }, values: [value] }) => ({ style, value })))
      : estimateContrast(used.map(({ block: { style }, values }) => ({ style, values }))),
    backends: [...new Set(runs.map(({ backend }) => backend ?? "unknown"))],
    runs: runs.length,
  };
}

/** Each comparison's contrast of each score, score by score; those that cannot be estimated are left out. */
export function contrastsOf(
  blocks: readonly StudyBlock[],
  comparisons: readonly Comparison[],
  scores: readonly StudyScore[],
  options?: { registered?: boolean },
): StudyContrast[] {
  return scores.flatMap((score) =>
    comparisons.flatMap((comparison) => contrastOf(blocks, comparison, score, options) ?? [])
  );
}

/** The designer's own drawings, scored with a run's shots. */
export function drawingsOf({ runs, drawings }: Summary, run: SummaryRun): SummaryRun | undefined {
  const own = runs.filter(({ label, style }) => label === drawings && style === run.style);
  return own.find(({ seed, shots }) => seed === run.seed && shots === run.shots);
}
