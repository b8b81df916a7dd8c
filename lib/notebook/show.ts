/** Figures, pictures and tables below a cell; on a terminal, tables as text and nothing else. */
import type { Subject } from "../evaluation/mod.ts";
import type { Image } from "../images/mod.ts";
import {
  type CaptionedImage,
  type Figure,
  imageGridFigure,
  type ImageGridOptions,
  stillPicture,
} from "../plots/mod.ts";
import { type Column, renderTable } from "../tables/mod.ts";
import { display, isNotebook } from "./display.ts";
import { figureHtml } from "./plotly_page.ts";

/**
 * Shows an interactive figure, and a still picture of it for pages that run no scripts; where the
 * figure is drawn, the picture hides.
 */
export async function showFigure(figure: Figure): Promise<void> {
  if (!isNotebook()) return;
  await display({ "text/html": figureHtml(figure) });
  const { mime, bytes, width, height } = await stillPicture(figure);
  await display(
    { [mime]: bytes.toBase64(), "text/plain": "a figure" },
    { [mime]: { width, height } },
  );
}

/** Shows pictures row by row; their captions appear under the pointer. */
export async function showPictures(
  pictures: readonly CaptionedImage[],
  options?: ImageGridOptions,
): Promise<void> {
  await showFigure(await imageGridFigure(pictures, options));
}

/**
 * Shows what several models drew, a row for each subject, beside the true drawings where they are known.
 *
 * @param columns the pictures of one model each, by its name, in the subjects' order
 */
export async function showSideBySide(
  subjects: readonly Subject[],
  columns: Record<string, readonly Image[]>,
): Promise<void> {
  const truths = subjects.flatMap(({ truth }) => truth ?? []);
  const all = truths.length < subjects.length ? columns : { ...columns, "true drawing": truths };
  await showPictures(
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
