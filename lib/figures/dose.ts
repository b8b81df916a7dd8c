/** What more of something changes: estimates over doses. */
import { type ContrastMark, verdictTraces, zeroBand } from "./comparisons.ts";
import { axis, type Figure, layout, neutral } from "./theme.ts";

/**
 * A score's change over doses, each with its interval and marked by its verdict, joined in their order.
 * Doses are names at equal distances, so that zero, 3 and 100 % all have room. The band holds changes
 * that are too small to matter. `x` and `y` name the quantities and their units.
 *
 * @param reference the dose that the others are compared with, whose change is zero
 * @param margin half the width of the band; no band without it
 */
export function doseFigure(
  x: string,
  y: string,
  { reference, doses, margin }: { reference: string; doses: ContrastMark[]; margin?: number },
): Figure {
  const names = [reference, ...doses.map(({ name }) => name)];
  return {
    data: [
      {
        type: "scatter",
        mode: "lines",
        showlegend: false,
        hoverinfo: "skip",
        x: names,
        y: [0, ...doses.map(({ value }) => value)],
        line: { color: neutral.middle, width: 1.5 },
      },
      {
        type: "scatter",
        mode: "markers",
        showlegend: false,
        name: "reference",
        x: [reference],
        y: [0],
        marker: { color: neutral.dark, symbol: "circle", size: 9 },
      },
      ...verdictTraces(doses, "y"),
    ],
    layout: layout(
      axis(x, { type: "category", categoryorder: "array", categoryarray: names, showgrid: false }),
      axis(y, { zeroline: true, zerolinecolor: neutral.dark, zerolinewidth: 1.5 }),
      {
        hovermode: "closest",
        ...(margin !== undefined && { shapes: [zeroBand(margin, "y")] }),
      },
    ),
  };
}
