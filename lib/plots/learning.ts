import { markedLine } from "./curve.ts";
import type { Figure } from "./figure.ts";
import { axis, layout } from "./theme.ts";

/** A score of one method as it spends steps, seconds or shots. */
export interface LearningSeries {
  name: string;
  points: { x: number; y: number }[];
}

/**
 * What a score comes to for what was spent. `x` and `y` name the quantities and their units; a
 * quantity that is tried in multiples has a logarithmic axis.
 */
export function learningFigure(
  x: string,
  y: string,
  series: LearningSeries[],
  scale: "linear" | "log" = "linear",
): Figure {
  return {
    data: series.map((line, i) => ({ ...markedLine(line, i), cliponaxis: false })),
    layout: layout(
      axis(x, scale === "log" ? { type: "log" } : { rangemode: "tozero" }),
      axis(y),
      { hovermode: "closest" },
    ),
  };
}
