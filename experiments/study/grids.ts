/** Images of finished runs side by side: the paper's figures, from the runs' folders. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { mean } from "simple-statistics";
import { type Emoji, type Image, readImage } from "specialist/data";
import { spread } from "specialist/evaluation";
import { labelledGrid, textWidth } from "specialist/figures";
import { labelSeparator, type Summary } from "../tables/mod.ts";
import { blocksOf, completeBlocks, type StudyBlock, trainedLabels } from "./contrasts.ts";
import { parts } from "./setting.ts";

/** A row of images: a summary's row, or the best of several for each style. */
export type GridRow = { label: string; of: readonly string[] };

export type Grid = {
  /** The file's name, without its ending. */
  name: string;
  title: string;
  /** The stage whose runs it shows. */
  stage: "parts" | "methods";
  rows(summary: Summary): GridRow[];
};

const ours = "Specialist Diffusion";

export const grids: readonly Grid[] = [
  {
    name: "images-parts",
    title: "What each part does",
    stage: "parts",
    rows: (summary) =>
      trainedLabels(summary).map((label) => ({
        label: label.split(" + ").length === parts.length ? "all of the parts" : label,
        of: [label],
      })),
  },
  {
    name: "images-methods",
    title: "Methods side by side",
    stage: "methods",
    rows: (summary) => atMostShots(summary),
  },
  {
    name: "images-word",
    title: "Textual inversion alone and with the parts",
    stage: "methods",
    rows: (summary) =>
      atMostShots(summary).filter(({ label }) =>
        label === ours || label.startsWith("textual inversion")
      ),
  },
  {
    name: "images-shots",
    title: "Few shots",
    stage: "methods",
    rows: (summary) =>
      methodRows(summary).filter(({ method }) => method === ours)
        .map(({ shots, of }) => ({ label: `${shots} shot${shots === 1 ? "" : "s"}`, of })),
  },
];

/** Rows of one method and number of shots, which differ in rate and steps. */
function methodRows(summary: Summary): { method: string; shots: number; of: string[] }[] {
  const rows = trainedLabels(summary).map((label) => ({
    label,
    method: label.split(labelSeparator)[0],
    shots: summary.runs.find((run) => run.label === label)!.shots,
  }));
  return Map.groupBy(rows, ({ method, shots }) => `${method} ${shots}`).values().toArray()
    .map((own) => ({ ...own[0], of: own.map(({ label }) => label) }))
    .sort((a, b) => a.shots - b.shots);
}

function atMostShots(summary: Summary): GridRow[] {
  const rows = methodRows(summary);
  const most = Math.max(...rows.map(({ shots }) => shots));
  return rows.filter(({ shots }) => shots === most).map(({ method, of }) => ({
    label: method,
    of,
  }));
}

/** Of a style's candidates, the row that is most like the drawings of validation concepts in other styles. */
export function bestElsewhere(
  blocks: readonly StudyBlock[],
  labels: readonly string[],
  style: string,
): string {
  const others = blocks.filter((block) => block.style !== style);
  const level = (label: string) => {
    const ends = others.flatMap(({ runs }) => runs.get(label)?.curves?.truth.at(-1)?.value ?? []);
    return ends.length === 0 ? -Infinity : mean(ends);
  };
  return labels.reduce((best, label) => level(label) > level(best) ? label : best);
}

export const gridNote =
  "Each style's first set of shots; concepts spread evenly over the list, not chosen by score. Where a " +
  "method was run with several rates and steps, those that give the highest likeness on validation " +
  "concepts of the other styles.";

const conceptsPerStyle = 2;

/**
 * A grid of a stage's images: the designers' drawings, the base model's, and a row for each of `rows`.
 *
 * @param runs where the runs' folders lie
 * @returns how many of its images are missing, where some are
 */
export async function drawGrid(
  summary: Summary,
  rows: readonly GridRow[],
  { runs, emoji }: { runs: string; emoji: Emoji },
): Promise<Image | { missing: number }> {
  const blocks = blocksOf(summary);
  const concepts = spread(summary.concepts, conceptsPerStyle);
  const styles = [...new Set(blocks.map(({ style }) => style))].flatMap((style) => {
    const chosen = rows.map(({ of }) => bestElsewhere(blocks, of, style));
    const own = completeBlocks(blocks, chosen).filter((block) => block.style === style);
    const first = own.toSorted((a, b) => a.seed - b.seed).at(0);
    return first ? [{ style, runs: chosen.map((label) => first.runs.get(label)!) }] : [];
  });
  if (styles.length === 0 || rows.length === 0) return { missing: rows.length };
  const imageFile = (id: string, when: "before" | "after", concept: string) =>
    join(runs, id, "samples", when, `${concept}.png`);
  const columns = styles.flatMap(({ style, runs: own }) =>
    concepts.map((concept, i) => ({
      lines: [i === 0 ? style : "", concept],
      truth: () => emoji.image(style, concept),
      files: [
        imageFile(own[0].id, "before", concept),
        ...own.map(({ id }) => imageFile(id, "after", concept)),
      ],
    }))
  );
  const missing = columns.flatMap(({ files }) => files).filter((file) => !existsSync(file)).length;
  if (missing > 0) return { missing };
  const labels = [summary.base ?? "base model", ...rows.map(({ label }) => label)];
  const images = await Promise.all(
    columns.map(({ files }) => Promise.all(files.map((file) => readImage(file)))),
  );
  return await labelledGrid({
    columns: columns.map(({ lines }) => lines),
    rows: [
      { label: "designer's drawing", images: columns.map(({ truth }) => truth()) },
      ...labels.map((label, i) => ({ label, images: images.map((own) => own[i]) })),
    ],
    labelWidth: Math.ceil(Math.max(150, ...labels.map((label) => textWidth(label, 15) + 24))),
  });
}
