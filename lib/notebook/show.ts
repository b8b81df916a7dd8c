/** Figures, images and tables below a cell; on a terminal, tables as text and nothing else. */
import type { Image } from "../data/mod.ts";
import type { Subject } from "../evaluation/mod.ts";
import {
  type CaptionedImage,
  type Figure,
  Html,
  html,
  imageGridFigure,
  type ImageGridOptions,
  scriptJson,
  stillImage,
} from "../figures/mod.ts";
import { type Column, renderTable } from "../internal/runtime/mod.ts";
import { display, isNotebook } from "./display.ts";
import style from "./page/figure.css" with { type: "text" };
import script from "./page/figures.js" with { type: "text" };

/**
 * Shows an interactive figure, and a still image of it for pages that run no scripts; where the
 * figure is drawn, the still one hides.
 */
export async function showFigure(figure: Figure): Promise<void> {
  if (!isNotebook()) return;
  await display({ "text/html": figureHtml(figure) });
  const { mime, bytes, width, height } = await stillImage(figure);
  await display(
    { [mime]: bytes.toBase64(), "text/plain": "a figure" },
    { [mime]: { width, height } },
  );
}

/** Shows images row by row; their captions appear under the pointer. */
export async function showImages(
  images: readonly CaptionedImage[],
  options?: ImageGridOptions,
): Promise<void> {
  await showFigure(await imageGridFigure(images, options));
}

/**
 * Shows what several models drew, a row for each subject, next to the true drawings where they are known.
 *
 * @param columns the images of one model each, by its name, in the subjects' order
 */
export async function showSideBySide(
  subjects: readonly Subject[],
  columns: Record<string, readonly Image[]>,
): Promise<void> {
  const truths = subjects.flatMap(({ truth }) => truth ?? []);
  const all = truths.length < subjects.length ? columns : { ...columns, "true drawing": truths };
  await showImages(
    subjects.flatMap(({ item }, i) =>
      Object.entries(all).map(([name, images]) => ({
        image: images[i],
        caption: `${item}: ${name}`,
      }))
    ),
    { columnTitles: Object.keys(all), rowTitles: subjects.map(({ item }) => item) },
  );
}

/** Shows a row for each of `rows`. */
export async function showTable<Row>(rows: Row[], columns: Column<Row>[]): Promise<void> {
  await showText((format) => renderTable(rows, columns, format));
}

/** Shows text that can be had as Markdown and for a terminal. */
export async function showText(
  render: (format: "markdown" | "terminal") => string,
): Promise<void> {
  const text = render("terminal");
  if (!isNotebook()) return console.log(text);
  await display({ "text/markdown": render("markdown"), "text/plain": text });
}

// Interactive figures as HTML outputs. They work offline: one output of the notebook carries plotly.js,
// and every figure waits for it, in whatever order a page shows them.

/** What gives a page plotly.js: 0.7 MB. */
export async function plotlyLoader(): Promise<string> {
  const file = await Deno.open(new URL(import.meta.resolve("plotly.js-cartesian-dist-min")));
  const packed = file.readable.pipeThrough(new CompressionStream("gzip"));
  const base64 = (await new Response(packed).bytes()).toBase64();
  return html`
    <style>${new Html(style)}</style>
    <script type="text/plain" id="specialist-plotly">${base64}</script>
    <script>${new Html(script)}</script>
  `.source.trim();
}

/** A figure, which is drawn once the page has plotly.js; until then nothing. */
export function figureHtml(figure: Figure): string {
  const id = `figure-${crypto.randomUUID()}`;
  const draw = `(globalThis.specialistFigures ??= Promise.withResolvers()).promise.then((draw) =>
    draw("${id}", ${scriptJson(figure).source}))`;
  return html`
    <div class="specialist-figure" id="${id}"></div>
    <script>${new Html(draw)}</script>
  `.source.trim();
}

/**
 * In a notebook, gives the page what its figures are drawn with; `openLab` calls it.
 *
 * @param backend what computes, which is then printed
 */
export async function startNotebook(backend?: string): Promise<void> {
  if (!isNotebook()) return;
  if (backend !== undefined) console.log(`Computing with ${backend}`);
  await display({ "text/html": await plotlyLoader() });
}
