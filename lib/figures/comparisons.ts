/** Methods compared: bars with intervals, effects of parts, repetitions, trade-offs. */
import type { Data } from "plotly.js-dist-min";
import {
  axis,
  type Figure,
  layout,
  neutral,
  palette,
  styleByPlace,
  type StyleOf,
  translucent,
} from "./theme.ts";

/** A method's score, with the ends of its interval where one was computed. */
export interface ScoreBar {
  name: string;
  value: number;
  interval?: { low: number; high: number };
}

/** One bar for each method, with its interval. `title` names the metric, its unit and direction. */
export function scoreBarsFigure(
  title: string,
  bars: ScoreBar[],
  styleOf: StyleOf = styleByPlace,
): Figure {
  return {
    data: bars.map((score, index) => bar(score, styleOf(score.name, index).color)),
    layout: barsLayout(title, bars.length),
  };
}

/** A horizontal bar from zero. */
function bar({ name, value, interval }: ScoreBar, color: string): Data {
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
const maxBars = 12;

/** The layout of bars with names of their own, the first on top. */
function barsLayout(title: string, count: number): Figure["layout"] {
  return layout(
    axis(title, { rangemode: "tozero" }),
    axis("", { autorange: "reversed", showgrid: false, type: "category", dtick: 1 }),
    {
      barmode: "overlay",
      hovermode: "closest",
      showlegend: false,
      bargap: 0.35,
      ...(count > maxBars && { height: 120 + 24 * count }),
    },
  );
}

/** What a score changes by when a part is left out, with its interval. */
export interface PartEffect extends ScoreBar {
  interval: { low: number; high: number };
  /** Whether a test finds the change, corrected for the others; by default, whether the interval holds no zero. */
  isClear?: boolean;
}

/**
 * An ablation: a bar for each part that is left out. Bars without a clear change are grey: the
 * part's effect may be chance. `title` names the score, its unit, and which way it is better.
 */
export function partEffectsFigure(
  title: string,
  parts: PartEffect[],
  styleOf: StyleOf = styleByPlace,
): Figure {
  const { xaxis, ...rest } = barsLayout(title, parts.length);
  return {
    data: parts.map((part, i) =>
      bar(part, isClear(part) ? styleOf(part.name, i).color : neutral.light)
    ),
    layout: {
      ...rest,
      xaxis: { ...xaxis, ...zeroLine },
    },
  };
}

function isClear({ interval: { low, high }, isClear = low > 0 || high < 0 }: PartEffect): boolean {
  return isClear;
}

/** A contrast over runs, with what was concluded from it. */
export interface ContrastMark extends ScoreBar {
  interval: { low: number; high: number };
  verdict: "better" | "worse" | "equivalent" | "undecided";
}

/** How marks look by what was concluded. */
const verdictStyles = {
  better: { color: palette.blue, symbol: "triangle-up" },
  worse: { color: palette.vermillion, symbol: "triangle-down" },
  equivalent: { color: palette.green, symbol: "square" },
  undecided: { color: neutral.middle, symbol: "circle-open" },
} as const;

/** Marks with their intervals, a trace for each verdict. @param along the axis of the values */
export function verdictTraces(marks: readonly ContrastMark[], along: "x" | "y"): Figure["data"] {
  return Object.entries(verdictStyles).flatMap(([verdict, { color, symbol }]) => {
    const own = marks.filter((mark) => mark.verdict === verdict);
    if (own.length === 0) return [];
    const [values, names] = [own.map(({ value }) => value), own.map(({ name }) => name)];
    const interval = {
      type: "data" as const,
      symmetric: false,
      array: own.map(({ value, interval }) => interval.high - value),
      arrayminus: own.map(({ value, interval }) => value - interval.low),
      color,
      thickness: 2,
      width: 5,
    };
    return [{
      type: "scatter" as const,
      mode: "markers" as const,
      name: verdict,
      ...(along === "x"
        ? { x: values, y: names, error_x: interval }
        : { x: names, y: values, error_y: interval }),
      marker: { color, symbol, size: 11, line: { color, width: 2 } },
    }];
  });
}

/**
 * A row for each contrast: estimate and interval, marked by its verdict. The band holds differences
 * that are too small to matter. `title` names the score, its unit, and which way it is better.
 *
 * @param margin half the width of the band; no band without it
 */
export function contrastsFigure(
  title: string,
  contrasts: ContrastMark[],
  margin?: number,
): Figure {
  const { xaxis, yaxis, ...rest } = barsLayout(title, contrasts.length);
  return {
    data: verdictTraces(contrasts, "x"),
    layout: {
      ...rest,
      showlegend: true,
      ...(margin !== undefined && { shapes: [zeroBand(margin)] }),
      xaxis: { ...xaxis, ...zeroLine },
      yaxis: { ...yaxis, categoryorder: "array", categoryarray: contrasts.map(({ name }) => name) },
    },
  };
}

/** What a score changes by in each repetition of an experiment. */
export interface Repetitions {
  name: string;
  values: number[];
}

/**
 * A row of dots for each change. The band is as wide as changes are that mean nothing: a part whose
 * dots lie within does no more than another seed would. `title` names the score, its unit, and which
 * way it is better.
 *
 * @param byChance changes where only the seed is another
 */
export function repetitionsFigure(
  title: string,
  changes: Repetitions[],
  byChance: Repetitions,
  styleOf: StyleOf = styleByPlace,
): Figure {
  const reach = Math.max(...byChance.values.map(Math.abs));
  const { xaxis, ...rest } = barsLayout(title, changes.length + 1);
  return {
    data: [byChance, ...changes].map(({ name, values }, i) => ({
      type: "scatter",
      mode: "markers",
      name,
      x: values,
      y: values.map(() => name),
      marker: {
        color: i === 0 ? neutral.dark : styleOf(name, i - 1).color,
        size: 9,
        opacity: 0.7,
      },
    })),
    layout: {
      ...rest,
      shapes: [zeroBand(reach)],
      xaxis: { ...xaxis, ...zeroLine },
    },
  };
}

const zeroLine = { zeroline: true, zerolinecolor: neutral.dark, zerolinewidth: 1.5 };

/** The changes from −reach to reach on an axis, behind the data. */
export function zeroBand(reach: number, along: "x" | "y" = "x") {
  return {
    type: "rect" as const,
    ...along === "x"
      ? { yref: "paper" as const, x0: -reach, x1: reach, y0: 0, y1: 1 }
      : { xref: "paper" as const, x0: 0, x1: 1, y0: -reach, y1: reach },
    layer: "below" as const,
    line: { width: 0 },
    fillcolor: translucent(neutral.light, 0.35),
  };
}

type Measured = { value: number; interval?: { low: number; high: number } };

/** Two scores of one method, each with its interval where one was computed. */
export interface TradeOffPoint {
  name: string;
  x: Measured;
  y: Measured;
}

/** A score of which one wants more or less. */
type Goal = { title: string; better: "higher" | "lower" };

/**
 * What methods gain in one score and lose in another. Axes run so that right and up are better; a
 * dotted line joins the points that no other point beats in both (Pareto's front).
 */
export function tradeOffFigure(
  x: Goal,
  y: Goal,
  points: TradeOffPoint[],
  styleOf: StyleOf = styleByPlace,
): Figure {
  const front = paretoFront(x, y, points);
  return {
    data: [
      {
        type: "scatter",
        mode: "lines",
        name: "not beaten in both",
        x: front.map(({ x }) => x.value),
        y: front.map(({ y }) => y.value),
        line: { color: neutral.middle, dash: "dot", width: 1.5 },
        hoverinfo: "skip",
      },
      ...points.map(({ name, x, y }, index) => {
        const { color, symbol } = styleOf(name, index);
        return {
          type: "scatter" as const,
          mode: "markers" as const,
          name,
          x: [x.value],
          y: [y.value],
          ...(x.interval && { error_x: { ...ends(x.value, x.interval), color } }),
          ...(y.interval && { error_y: { ...ends(y.value, y.interval), color } }),
          marker: { color, symbol, size: 10 },
        };
      }),
    ],
    // The legend has two names a line.
    layout: layout(goalAxis(x), goalAxis(y), {
      hovermode: "closest",
      height: 380 + 10 * points.length,
    }),
  };
}

/** From the best in `x` to the best in `y`. */
function paretoFront(x: Goal, y: Goal, points: TradeOffPoint[]): TradeOffPoint[] {
  const gain = ({ better }: Goal, { value }: Measured) => better === "higher" ? value : -value;
  let highest = -Infinity;
  return points
    .toSorted((a, b) => gain(x, b.x) - gain(x, a.x) || gain(y, b.y) - gain(y, a.y))
    .filter((point) => {
      const isOnFront = gain(y, point.y) > highest;
      highest = Math.max(highest, gain(y, point.y));
      return isOnFront;
    });
}

function goalAxis({ title, better }: Goal) {
  return axis(`${title}, ${better} is better`, {
    autorange: better === "higher" ? true : "reversed",
  });
}

function ends(value: number, { low, high }: { low: number; high: number }) {
  return {
    type: "data" as const,
    symmetric: false,
    array: [high - value],
    arrayminus: [value - low],
    thickness: 1.5,
    width: 5,
  };
}
