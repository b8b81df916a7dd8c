/** Images of finished runs side by side: the paper's figures, from the runs' folders. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Emoji, type Image, readImage } from "specialist/data";
import { spread } from "specialist/evaluation";
import { labelledGrid, textWidth } from "specialist/figures";
import { labelSeparator, type Summary } from "../tables/mod.ts";
import { blocksOf, completeBlocks, trainedLabels } from "./contrasts.ts";
import { ours } from "./methods_report.ts";
import { parts } from "./setting.ts";

/** A row of images: how it is called, and the summary's row that it shows. */
export type GridRow = { label: string; of: string };

export type Grid = {
  /** The file's name, without its ending. */
  name: string;
  title: string;
  /** The stage whose runs it shows. */
  stage: "parts" | "ablation" | "methods" | "few_shots";
  rows(summary: Summary): GridRow[];
};

const all = (summary: Summary) => trainedLabels(summary).map((label) => ({ label, of: label }));

/** The paper's figures, and the cells of Stage 1. */
export const grids: readonly Grid[] = [
  { name: "images-methods", title: "Methods side by side", stage: "methods", rows: all },
  { name: "images-ablation", title: "The paper's ablation", stage: "ablation", rows: all },
  {
    name: "images-word",
    title: "Textual inversion alone and with the parts",
    stage: "methods",
    rows: (summary) =>
      all(summary).filter(({ label }) => label === ours || label.startsWith("textual inversion")),
  },
  {
    name: "images-shots",
    title: "Few shots",
    stage: "few_shots",
    rows: (summary) =>
      all(summary).flatMap(({ label, of }) => {
        const [method, shots] = label.split(labelSeparator);
        return method === ours ? [{ label: shots, of }] : [];
      }),
  },
  {
    name: "images-parts",
    title: "What each part does",
    stage: "parts",
    rows: (summary) =>
      all(summary).map(({ label, of }) => ({
        label: label.split(" + ").length === parts.length ? "all of the parts" : label,
        of,
      })),
  },
];

export const gridNote =
  "Each style's first set of shots; concepts spread evenly over the list, not chosen by score.";

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
    const chosen = rows.map(({ of }) => of);
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
