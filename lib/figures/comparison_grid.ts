import { Buffer } from "node:buffer";
import sharp from "sharp";
import { sum } from "simple-statistics";
import type { Box, Image } from "../data/mod.ts";
import { textLines, textPath } from "./lettering.ts";
import type { Comparison } from "./report_data.ts";

const cell = 128;
const gap = 8;
const labelWidth = 150;
const headHeight = 30;
/** Of labels, in pixels. */
export const textSize = 15;
const lineHeight = 20;

export const comparisonColumns = ["before", "after", "true drawing"] as const;

/** Where the grid has a drawing. */
export function comparisonCell(row: number, column: typeof comparisonColumns[number]): Box {
  const left = labelWidth + comparisonColumns.indexOf(column) * (cell + gap);
  return { left, top: headHeight + row * (cell + gap), width: cell, height: cell };
}

/** How many rows a grid has. */
export function comparisonRows({ height }: Pick<Image, "height">): number {
  return (height - headHeight) / (cell + gap);
}

/**
 * One image of all comparisons: a row for each concept with its name, columns before, after and,
 * where known, the true drawing. Every drawing is shown 128 pixels wide and high.
 */
export async function comparisonGrid(comparisons: Comparison[]): Promise<Image> {
  const columns = comparisons.some(({ truth }) => truth)
    ? comparisonColumns
    : comparisonColumns.slice(0, 2);
  return await labelledGrid({
    columns: columns.map((title) => [title]),
    rows: comparisons.map(({ concept, before, after, truth }) => ({
      label: concept,
      images: [before, after, truth].slice(0, columns.length),
    })),
  });
}

/** Images in rows and columns that have names, which are shown whole, in several lines if need be. */
export type LabelledGrid = {
  /** The lines above each column, as many in each; one reaches over following columns that have none. */
  columns: readonly (readonly string[])[];
  /** An image for each column, or nothing. */
  rows: readonly { label: string; images: readonly (Image | undefined)[] }[];
  /** In pixels, what the rows' labels have. 150 by default. */
  labelWidth?: number;
  /** Width and height of an image, in pixels. 128 by default. */
  cell?: number;
};

/** Width and height at which a grid shows images like this one: its own, if that is neither tiny nor huge. */
export function readableCell({ width }: Pick<Image, "width">): number {
  return Math.min(2 * cell, Math.max(cell, width));
}

/** One image of a grid of images, each in a square of the same size, on white. */
export async function labelledGrid(
  { columns, rows, labelWidth: room = labelWidth, cell: side = cell }: LabelledGrid,
): Promise<Image> {
  const left = (column: number) => room + column * (side + gap);
  const heads = headLines(columns, side);
  const head = headHeight + (heads.length - 1) * lineHeight;
  const labels = rows.map(({ label }) => textLines(label, textSize, room - 2 * gap));
  const heights = labels.map(({ length }) => gap + Math.max(side, (length + 0.5) * lineHeight));
  const tops = heights.map((_, row) => head + sum(heights.slice(0, row)));
  const width = room + columns.length * (side + gap);
  const height = head + sum(heights);

  const drawings = rows.flatMap(({ images }, row) =>
    images.flatMap((image, column) => image ? [{ image, left: left(column), top: tops[row] }] : [])
  );
  const text = (line: string, x: number, y: number) => textPath(line, { x, y, size: textSize });
  const paths = [
    ...heads.flatMap((line, i) =>
      line.map(({ text: words, column }) =>
        text(words, left(column), headHeight - 11 + i * lineHeight)
      )
    ),
    ...labels.flatMap((lines, row) => {
      const first = tops[row] + (side + textSize - (lines.length - 1) * lineHeight) / 2;
      const top = Math.max(first, tops[row] + textSize);
      return lines.map((line, i) => text(line, gap, top + i * lineHeight));
    }),
  ];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${
    paths.join("")
  }</svg>`;

  const layers = await Promise.all(drawings.map(async ({ image, left, top }) => ({
    input: await resize(image, side),
    raw: { width: side, height: side, channels: 3 as const },
    left,
    top,
  })));
  const { data } = await sharp({ create: { width, height, channels: 3, background: "#ffffff" } })
    .composite([...layers, { input: Buffer.from(svg) }])
    .removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width, height, data: new Uint8Array(data) };
}

/** The lines above the columns, from the top: what each says, and from which column on. */
function headLines(
  columns: LabelledGrid["columns"],
  side: number,
): { text: string; column: number }[][] {
  return columns[0].flatMap((_, i) => {
    const heads = columns.map((lines, column) => {
      const following = columns.slice(column + 1);
      const next = following.findIndex((lines) => lines[i] !== "");
      const empty = lines[i] === "" ? 0 : next < 0 ? following.length : next;
      return textLines(lines[i], textSize, side + empty * (side + gap));
    });
    const count = Math.max(1, ...heads.map(({ length }) => length));
    return Array.from(
      { length: count },
      (_, line) =>
        heads.flatMap((lines, column) => {
          const text = lines[line - (count - lines.length)];
          return text ? [{ text, column }] : [];
        }),
    );
  });
}

function resize({ width, height, data }: Image, side: number): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize(side, side, { fit: "contain", background: "#ffffff" }).removeAlpha().raw().toBuffer();
}
