import type { Data } from "plotly.js-dist-min";
import type { StepInterval, StepValue } from "./figure.ts";
import { seriesStyle, translucent } from "./theme.ts";

/** Points of one series, in order. */
export type MarkedLine = { name: string; points: { x: number; y: number }[] };

/** A line with markers; `index` picks its colour, dash and marker. */
export function markedLine({ name, points }: MarkedLine, index: number): Data {
  const { color, dash, symbol } = seriesStyle(index);
  return {
    type: "scatter",
    mode: "lines+markers",
    name,
    x: points.map(({ x }) => x),
    y: points.map(({ y }) => y),
    line: { color, dash, width: 2.5 },
    marker: { color, symbol, size: 7 },
  };
}

/** A marked line over optimizer steps, of which no marker is cut off. */
export function curve(name: string, points: StepValue[], index: number): Data {
  const line = { name, points: points.map(({ step, value }) => ({ x: step, y: value })) };
  return { ...markedLine(line, index), cliponaxis: false, legendgroup: name };
}

/** The band between `low` and `high` behind a curve of the same name and index. */
export function band(name: string, points: StepInterval[], index: number): Data {
  const backwards = points.toReversed();
  return {
    type: "scatter",
    mode: "lines",
    name,
    legendgroup: name,
    showlegend: false,
    hoverinfo: "skip",
    x: [...points, ...backwards].map((point) => point.step),
    y: [...points.map((point) => point.high), ...backwards.map((point) => point.low)],
    fill: "toself",
    fillcolor: translucent(seriesStyle(index).color, 0.16),
    line: { width: 0 },
  };
}
