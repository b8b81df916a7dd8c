/** Image grids, heat maps and distance matrices. */
import type { LayoutAxis } from "plotly.js-dist-min";
import { encodeJpeg, type Image } from "../data/mod.ts";
import { textWidth } from "./lettering.ts";
import { axis, channelsOf, colorBar, type Figure, layout, sequential } from "./theme.ts";

/** An image, and what is said about it where the pointer is on it. */
export interface CaptionedImage {
  image: Image;
  caption: string;
}

export interface ImageGridOptions {
  columns?: number;
  /** Over the columns. */
  columnTitles?: readonly string[];
  /** Left of the rows. */
  rowTitles?: readonly string[];
  /** Width and height of an image, in pixels. */
  cell?: number;
}

/** Images row by row, with their captions on hover. */
export async function imageGridFigure(
  images: readonly CaptionedImage[],
  { columnTitles, rowTitles, columns = columnTitles?.length ?? 8, cell = 88 }: ImageGridOptions =
    {},
): Promise<Figure> {
  const rows = Math.ceil(images.length / columns);
  const places = images.map((_, i) => ({ column: i % columns, row: Math.floor(i / columns) }));
  const sources = await Promise.all(
    images.map(async ({ image }) =>
      `data:image/jpeg;base64,${(await encodeJpeg(image)).toBase64()}`
    ),
  );
  const heads = columnTitles?.map((title) => wrapped(title, cell));
  const margin = { l: widthOf(rowTitles), r: 8, t: heightOf(heads), b: 8 };
  return {
    data: [{
      type: "scatter",
      mode: "markers",
      x: places.map(({ column }) => column),
      y: places.map(({ row }) => row),
      text: images.map(({ caption }) => caption),
      hovertemplate: "%{text}<extra></extra>",
      marker: { size: cell, symbol: "square", opacity: 0 },
    }],
    layout: layout(titles(heads, columns, "top"), titles(rowTitles, rows, "left"), {
      images: places.map(({ column, row }, i) => ({
        source: sources[i],
        xref: "x",
        yref: "y",
        x: column,
        y: row,
        sizex: 0.94,
        sizey: 0.94,
        xanchor: "center",
        yanchor: "middle",
      })),
      margin,
      width: margin.l + margin.r + columns * cell,
      height: margin.t + margin.b + rows * cell,
      hovermode: "closest",
      showlegend: false,
    }),
  };
}

const fontSize = 13;

/** Of a title's text, in pixels, in whatever font a browser has. */
function roomFor(title: string): number {
  return 1.2 * textWidth(title, fontSize);
}

/** The room that titles left of a grid need, in pixels. */
function widthOf(rowTitles: readonly string[] = []): number {
  return 8 + Math.max(0, ...rowTitles.map(roomFor));
}

/** The room that titles over a grid need, in pixels. */
function heightOf(heads: readonly string[] = []): number {
  const lines = Math.max(0, ...heads.map((head) => head.split("<br>").length));
  return lines === 0 ? 8 : 14 + 1.3 * fontSize * lines;
}

/** The title in lines that fit the width, broken at spaces and after hyphens. */
function wrapped(title: string, width: number): string {
  return title.split(/(?<=[ -])/).reduce((lines, part) => {
    const last = lines.slice(lines.lastIndexOf(">") + 1);
    return roomFor(`${last}${part}`) <= width ? `${lines}${part}` : `${lines.trimEnd()}<br>${part}`;
  });
}

/** An axis over cells 0, 1, …, with words in place of numbers. */
function titles(
  words: readonly string[] | undefined,
  count: number,
  side: "top" | "left",
): Partial<LayoutAxis> {
  return {
    range: side === "top" ? [-0.5, count - 0.5] : [count - 0.5, -0.5],
    fixedrange: true,
    showgrid: false,
    zeroline: false,
    showline: false,
    ticks: "",
    side,
    showticklabels: words !== undefined,
    tickangle: 0,
    ...(words && { tickvals: words.map((_, i) => i), ticktext: [...words] }),
  };
}

const colors = sequential.map(([, color]) => channelsOf(color));

/**
 * Values as an image, from dark at zero to light at the largest.
 *
 * @param values [height, width], not negative
 */
export function heatImage(values: ArrayLike<number>, width: number, height: number): Image {
  const largest = Math.max(Number.MIN_VALUE, ...Array.from(values));
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) data.set(colorAt(values[i] / largest), 3 * i);
  return { width, height, data };
}

function colorAt(share: number): number[] {
  const place = share * (colors.length - 1);
  const below = Math.min(Math.floor(place), colors.length - 2);
  return colors[below].map((level, channel) =>
    level + (place - below) * (colors[below + 1][channel] - level)
  );
}

/** Distances of all of one kind to all of another; dark is near. `title` names the distance. */
export function distanceMatrixFigure(
  title: string,
  { x, y, z }: {
    x: { title: string; names: readonly string[] };
    y: { title: string; names: readonly string[] };
    /** [y][x] */
    z: readonly (readonly number[])[];
  },
): Figure {
  return {
    data: [{
      type: "heatmap",
      x: [...x.names],
      y: [...y.names],
      z: z.map((row) => [...row]),
      colorscale: sequential,
      colorbar: colorBar(title),
      hovertemplate: `%{y}<br>%{x}<br>%{z:.3f}<extra></extra>`,
    }],
    layout: layout(
      axis(x.title, { type: "category", showgrid: false, tickangle: -35 }),
      axis(y.title, { type: "category", showgrid: false, autorange: "reversed" }),
      { hovermode: "closest", height: 240 + 36 * y.names.length },
    ),
  };
}
