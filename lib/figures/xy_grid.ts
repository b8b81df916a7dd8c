/** Images over two options: what each of them does, and what they do together. */
import type { Image } from "../data/mod.ts";
import { labelledGrid, readableCell, textSize } from "./comparison_grid.ts";
import { textWidth } from "./lettering.ts";

/** An option, and the values that a grid has it at. Where they need no name, it is empty. */
export type GridAxis = { name: string; values: readonly string[] };

/**
 * One image of a grid of images: the values of one option over the columns, those of another left of the
 * rows, both with the option's name.
 *
 * ```ts
 * const grid = await xyGrid({
 *   x: { name: "guidance", values: ["2", "4"] },
 *   y: { name: "seed", values: ["0", "1"] },
 * }, [await draw(model, prompts, …), …]);
 * ```
 *
 * @param images [y][x]; without an option there is one column, or one row
 */
export async function xyGrid(
  { x, y }: { x?: GridAxis; y?: GridAxis },
  images: readonly (readonly Image[])[],
): Promise<Image> {
  const labels = images.map((_, row) => y ? `${y.name} ${y.values[row]}`.trim() : "");
  const columns = images[0].map((_, column) =>
    x?.name ? [column === 0 ? x.name : "", x.values[column]] : [x?.values[column] ?? ""]
  );
  return await labelledGrid({
    columns,
    rows: images.map((own, row) => ({ label: labels[row], images: own })),
    labelWidth: Math.ceil(
      Math.min(300, Math.max(...labels.map((label) => textWidth(label, textSize)))) + 24,
    ),
    cell: readableCell(images[0][0]),
  });
}
