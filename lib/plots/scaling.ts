import { markedLine } from "./curve.ts";
import type { Figure } from "./figure.ts";
import { axis, layout } from "./theme.ts";

/** A cost of one program or model at several sizes. */
export interface ScalingSeries {
  name: string;
  points: { x: number; y: number }[];
}

/** How a cost grows; both axes are logarithmic, where a power is a straight line. */
export function scalingFigure(x: string, y: string, series: ScalingSeries[]): Figure {
  const sizes = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))];
  return {
    data: series.map(markedLine),
    layout: layout(
      axis(x, { type: "log", tickvals: sizes, ticktext: sizes.map(String) }),
      axis(y, { type: "log" }),
    ),
  };
}
