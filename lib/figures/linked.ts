import type { Data } from "plotly.js-dist-min";
import {
  type Figure,
  layout,
  palette,
  sentenceCase,
  styleByPlace,
  type StyleOf,
  translucent,
} from "./theme.ts";

/** A figure with one pair of axes, and what it is called next to others. */
export interface LinkedPanel {
  title: string;
  figure: Figure;
}

/** What is looked at of a trace, of whatever type it is. */
type Trace = {
  name?: string;
  showlegend?: boolean;
  fillcolor?: string;
  line?: { color?: string };
  marker?: { color?: string; symbol?: string };
  error_x?: { color?: string };
  error_y?: { color?: string };
};

const panelHeight = 340;

/**
 * Figures of the same series, side by side. A series looks the same in all panels, and they share one
 * legend: a click on a series hides it everywhere, a double click shows it alone.
 *
 * @param styleOf the place of a series is that among all panels' series
 */
export function linkedFigure(
  panels: LinkedPanel[],
  columns = 2,
  styleOf: StyleOf = styleByPlace,
): Figure {
  const rows = Math.ceil(panels.length / columns);
  const restyled = sharedStyles(panels.flatMap(({ figure }) => figure.data as Trace[]), styleOf);
  const known = new Set<string>();
  const data = panels.flatMap(({ figure }, i) =>
    (figure.data as Trace[]).map((trace) => placed(restyled(trace), i, known))
  );
  const axes = panels.map(({ figure }, i) => {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    const x = domain(column, columns, 0.11), y = domain(rows - 1 - row, rows, 0.3 / rows);
    return {
      [`xaxis${suffix(i)}`]: { ...figure.layout.xaxis, domain: x, anchor: `y${suffix(i)}` },
      [`yaxis${suffix(i)}`]: { ...figure.layout.yaxis, domain: y, anchor: `x${suffix(i)}` },
    };
  });
  return {
    data,
    layout: {
      ...layout({}, {}),
      ...Object.assign({}, ...axes),
      hovermode: "closest",
      barmode: "overlay",
      bargap: 0.35,
      legend: { orientation: "h", x: 0, y: 1.06, xanchor: "left", yanchor: "bottom" },
      height: 110 + rows * panelHeight,
      width: 840,
      margin: { l: 64, r: 16, t: 90, b: 56 },
      annotations: panels.map(({ title }, i) => ({
        text: sentenceCase(title),
        showarrow: false,
        font: { size: 14 },
        xref: `x${suffix(i)} domain` as "x domain",
        yref: `y${suffix(i)} domain` as "y domain",
        x: 0,
        y: 1,
        xanchor: "left",
        yanchor: "bottom",
        yshift: 6,
      })),
    },
  };
}

/** Gives a series that has a colour of the palette one style in every panel; greys stay. */
function sharedStyles(traces: readonly Trace[], styleOf: StyleOf): (trace: Trace) => Trace {
  const colors: readonly string[] = Object.values(palette);
  const colorOf = ({ line, marker }: Trace) => marker?.color ?? line?.color;
  const series = new Set(
    traces.filter((trace) => colors.includes(colorOf(trace) ?? "")).map(({ name }) => name),
  );
  const order = [...series];
  return (trace) => {
    const index = order.indexOf(trace.name);
    if (index < 0) return trace;
    const { color, dash, symbol } = styleOf(trace.name ?? "", index);
    const former = colorOf(trace);
    const recolored = (bars?: { color?: string }) =>
      bars && { ...bars, ...bars.color === former && { color } };
    return {
      ...trace,
      ...trace.fillcolor && { fillcolor: translucent(color, 0.16) },
      ...trace.line && { line: { ...trace.line, ...trace.line.color && { color, dash } } },
      ...trace.marker && {
        marker: { ...trace.marker, color, ...trace.marker.symbol && { symbol } },
      },
      ...trace.error_x && { error_x: recolored(trace.error_x) },
      ...trace.error_y && { error_y: recolored(trace.error_y) },
    };
  };
}

/** The trace in panel `i`; only the first of its name is in the legend, and speaks for the others. */
function placed(trace: Trace, i: number, known: Set<string>): Data {
  const { name = "", showlegend } = trace;
  const isKnown = known.has(name);
  if (showlegend !== false) known.add(name);
  return {
    ...trace,
    legendgroup: name,
    showlegend: showlegend !== false && !isKnown,
    xaxis: `x${suffix(i)}`,
    yaxis: `y${suffix(i)}`,
  } as Data;
}

/** Plotly's first axis has no number. */
function suffix(i: number): string {
  return i === 0 ? "" : String(i + 1);
}

/** The share of the figure that the n-th of `count` equal parts takes, with gaps between them. */
function domain(n: number, count: number, gap: number): [number, number] {
  const size = (1 - gap * (count - 1)) / count;
  const start = n * (size + gap);
  return [start, Math.min(1, start + size)];
}
