/** What more of something changes: estimates over doses. */
import { type ContrastMark, verdictStyles, zeroBand } from "./comparisons.ts";
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
  const verdicts = Object.entries(verdictStyles).map(([verdict, style]) => ({
    verdict,
    style,
    own: doses.filter((dose) => dose.verdict === verdict),
  })).filter(({ own }) => own.length > 0);
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
      ...verdicts.map(({ verdict, style: { color, symbol }, own }) => ({
        type: "scatter" as const,
        mode: "markers" as const,
        name: verdict,
        x: own.map(({ name }) => name),
        y: own.map(({ value }) => value),
        error_y: {
          type: "data" as const,
          symmetric: false,
          array: own.map(({ value, interval }) => interval.high - value),
          arrayminus: own.map(({ value, interval }) => value - interval.low),
          color,
          thickness: 2,
          width: 5,
        },
        marker: { color, symbol, size: 11, line: { color, width: 2 } },
      })),
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
