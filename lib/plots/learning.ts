import type { Figure } from "./figure.ts";
import { axis, layout, seriesStyle } from "./theme.ts";

/** A score of one method as it spends steps, seconds or shots. */
export interface LearningSeries {
  name: string;
  points: { x: number; y: number }[];
}

/** What a score comes to for what was spent. `x` and `y` name the quantities and their units. */
export function learningFigure(x: string, y: string, series: LearningSeries[]): Figure {
  return {
    data: series.map(({ name, points }, index) => {
      const { color, dash, symbol } = seriesStyle(index);
      return {
        type: "scatter",
        mode: "lines+markers",
        cliponaxis: false,
        name,
        x: points.map(({ x }) => x),
        y: points.map(({ y }) => y),
        line: { color, dash, width: 2.5 },
        marker: { color, symbol, size: 7 },
      };
    }),
    layout: layout(axis(x, { rangemode: "tozero" }), axis(y), { hovermode: "closest" }),
  };
}
