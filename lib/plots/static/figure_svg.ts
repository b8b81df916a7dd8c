import { createRandom } from "../../random/mod.ts";
import type { Figure } from "../figure.ts";
import { outlineTexts } from "./outline_texts.ts";
import { plotlyWindow } from "./plotly_window.ts";

/** In pixels. */
export type FigureSize = { width?: number; height?: number };

/**
 * A still picture of a figure, on white: an SVG document that needs neither scripts nor fonts.
 *
 * ```ts
 * await Deno.writeTextFile("loss.svg", await figureSvg(trainingLossFigure(points)));
 * ```
 *
 * @param size the figure's own by default, else 720 × 420
 */
export async function figureSvg(
  { data, layout }: Figure,
  { width = layout.width ?? 720, height = layout.height ?? 420 }: FigureSize = {},
): Promise<string> {
  const { Plotly, DOMParser, XMLSerializer, Math } = await plotlyWindow();
  // Plotly's ids are random; the same figure is the same file.
  Math.random = createRandom("ids").next;
  const uri = await Plotly.toImage(
    // Plotly fills in what a figure leaves open, in the figure itself.
    structuredClone({ data, layout: { ...layout, paper_bgcolor: "#ffffff" } }),
    { format: "svg", width, height },
  );
  const source = decodeURIComponent(uri.slice(uri.indexOf(",") + 1));
  const svg = new DOMParser().parseFromString(source, "image/svg+xml");
  outlineTexts(svg);
  return new XMLSerializer().serializeToString(svg);
}
