import type { Data } from "plotly.js-dist-min";
import type { Figure } from "./figure.ts";
import { axis, layout, neutral, seriesStyle } from "./theme.ts";

/** A method's score, with the ends of its interval where one was computed. */
export interface ScoreBar {
  name: string;
  value: number;
  interval?: { low: number; high: number };
}

/** One bar for each method, with its interval. `title` names the metric, its unit and direction. */
export function scoreBarsFigure(title: string, bars: ScoreBar[]): Figure {
  return {
    data: bars.map((score, index) => bar(score, seriesStyle(index).color)),
    layout: barsLayout(title, bars.length),
  };
}

/** A horizontal bar from zero. */
export function bar({ name, value, interval }: ScoreBar, color: string): Data {
  return {
    type: "bar",
    orientation: "h",
    name,
    x: [value],
    y: [name],
    marker: { color },
    ...(interval && {
      error_x: {
        type: "data",
        symmetric: false,
        array: [interval.high - value],
        arrayminus: [value - interval.low],
        color: neutral.dark,
        thickness: 1.5,
        width: 5,
      },
    }),
  };
}

/** More bars than these have no room for their names in a figure of the usual height. */
const mostBars = 12;

/** The layout of bars with names of their own, the first on top. */
export function barsLayout(title: string, count: number): Figure["layout"] {
  return layout(
    axis(title, { rangemode: "tozero" }),
    axis("", { autorange: "reversed", showgrid: false, type: "category", dtick: 1 }),
    {
      barmode: "overlay",
      hovermode: "closest",
      showlegend: false,
      bargap: 0.35,
      ...(count > mostBars && { height: 120 + 24 * count }),
    },
  );
}
