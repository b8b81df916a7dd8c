/** Lines over steps or seconds: losses, learning curves, scores during training. */
import type { Data } from "plotly.js-dist-min";
import { formatCount } from "../internal/runtime/mod.ts";
import {
  axis,
  type Figure,
  layout,
  logAxis,
  palette,
  type SeriesStyle,
  seriesStyle,
  type StepInterval,
  type StepValue,
  styleByPlace,
  type StyleOf,
  translucent,
} from "./theme.ts";

/** Points of one series, in order. */
type MarkedLine = { name: string; points: { x: number; y: number }[] };

/** A line with markers. */
function markedLine({ name, points }: MarkedLine, { color, dash, symbol }: SeriesStyle): Data {
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
function curve(name: string, points: StepValue[], style: SeriesStyle): Data {
  const line = { name, points: points.map(({ step, value }) => ({ x: step, y: value })) };
  return { ...markedLine(line, style), cliponaxis: false, legendgroup: name };
}

/** The band between `low` and `high` behind a curve of the same name and colour. */
function band(name: string, points: StepInterval[], color: string, opacity: number): Data {
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
    fillcolor: translucent(color, opacity),
    line: { width: 0 },
  };
}

/**
 * Exponential moving average with the start-up bias removed, so the first value is the first input.
 * After `halfLife` values an input weighs half as much. Values that are not finite are passed over
 * and repeat the average so far.
 *
 * ```ts
 * smooth([4, 0], 1); // [4, 4/3]
 * ```
 */
export function smooth(values: number[], halfLife: number): number[] {
  const decay = 0.5 ** (1 / halfLife);
  let sum = 0;
  let weight = 0;
  return values.map((value) => {
    if (Number.isFinite(value)) {
      sum = decay * sum + (1 - decay) * value;
      weight = decay * weight + (1 - decay);
    }
    return weight > 0 ? sum / weight : NaN;
  });
}

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
  styleOf: StyleOf = styleByPlace,
): Figure {
  return {
    data: series.map((line, i) => ({
      ...markedLine(line, styleOf(line.name, i)),
      cliponaxis: false,
    })),
    layout: layout(
      scale === "log"
        ? logAxis(x, series.flatMap(({ points }) => points.map(({ x }) => x)))
        : axis(x, { rangemode: "tozero" }),
      axis(y),
      { hovermode: "closest" },
    ),
  };
}

/** Content scores of one model or prompt set; a band is drawn where all points carry an interval. */
export interface ClipScoreSeries {
  name: string;
  points: StepValue[] | StepInterval[];
}

/** Content score (100 × cosine of image and text embeddings) over optimizer steps. */
export function clipScoreFigure(
  series: ClipScoreSeries[],
  styleOf: StyleOf = styleByPlace,
): Figure {
  // Many bands on top of each other would hide the curves.
  const opacity = Math.min(0.16, 0.32 / series.length);
  return {
    data: series.flatMap(({ name, points }, index) => {
      const style = styleOf(name, index);
      return [
        ...(haveIntervals(points) ? [band(name, points, style.color, opacity)] : []),
        curve(name, points, style),
      ];
    }),
    layout: layout(
      axis("optimizer step", { rangemode: "tozero" }),
      axis("content (100 × cosine)"),
    ),
  };
}

function haveIntervals(points: StepValue[]): points is StepInterval[] {
  return points.length > 0 && points.every((point) => "low" in point && "high" in point);
}

/** A line alone shows nothing of a single point, and little of fewer than these. */
const fewPoints = 20;

/** A quantity of each step of a program. */
export interface CourseSeries {
  name: string;
  points: StepValue[];
}

/**
 * A quantity over the course of a run, from zero: whether it stays constant. `y` names the
 * quantity and its unit, `x` what is counted.
 */
export function courseFigure(y: string, series: CourseSeries[], x = "step"): Figure {
  return {
    data: series.map(({ name, points }, index) => {
      const { color, dash } = seriesStyle(index);
      return {
        type: "scatter",
        mode: points.length < fewPoints ? "lines+markers" : "lines",
        name,
        x: points.map(({ step }) => step),
        y: points.map(({ value }) => value),
        line: { color, dash, width: 2 },
        marker: { color, size: 6 },
      };
    }),
    layout: layout(axis(x), axis(y, { rangemode: "tozero" })),
  };
}

/** A cost of one program or model at several sizes. */
export interface ScalingSeries {
  name: string;
  points: { x: number; y: number }[];
}

/** How a cost grows; on two logarithmic axes, a power is a straight line. */
export function scalingFigure(x: string, y: string, series: ScalingSeries[]): Figure {
  const sizes = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))];
  return {
    data: series.map((line, i) => markedLine(line, seriesStyle(i))),
    layout: layout(
      axis(x, { type: "log", tickvals: sizes, ticktext: sizes.map(formatCount) }),
      logAxis(y, series.flatMap(({ points }) => points.map(({ y }) => y))),
    ),
  };
}

/**
 * Training loss over optimizer steps: the raw values, thin, under their moving average.
 *
 * `halfLife` counts logged points, by default a thirtieth of them.
 */
export function trainingLossFigure(
  points: StepValue[],
  { halfLife = Math.max(1, points.length / 30) }: { halfLife?: number } = {},
): Figure {
  const x = points.map((point) => point.step);
  const values = points.map((point) => point.value);
  return {
    data: [{
      type: "scatter",
      mode: "lines",
      name: "each step",
      x,
      y: values,
      line: { color: translucent(palette.blue, 0.35), width: 1 },
    }, {
      type: "scatter",
      mode: "lines",
      name: "moving average",
      x,
      y: smooth(values, halfLife),
      line: { color: palette.blue, width: 2.5 },
    }],
    layout: layout(
      axis("optimizer step", { rangemode: "tozero" }),
      axis("training loss (mean squared error)"),
    ),
  };
}

/** A quantity of each named loss over optimizer steps, on a logarithmic axis: weights differ by powers. */
export function lossesFigure(y: string, losses: Record<string, StepValue[]>): Figure {
  return {
    data: Object.entries(losses).map(([name, points], index) => {
      const { color, dash } = seriesStyle(index);
      return {
        type: "scatter",
        mode: "lines+markers",
        name,
        x: points.map(({ step }) => step),
        y: points.map(({ value }) => value),
        line: { color, dash, width: 2 },
        marker: { color, size: points.length < fewPoints ? 6 : 4 },
      };
    }),
    layout: layout(
      axis("optimizer step", { rangemode: "tozero" }),
      logAxis(y, Object.values(losses).flatMap((points) => points.map(({ value }) => value))),
    ),
  };
}

/**
 * Fixed-noise losses over optimizer steps: the mean squared error on a fixed set of (image, noise,
 * timestep) triples, on the shots and on held-out images of the style. Overfitting starts where the
 * two part.
 */
export function fixedNoiseLossFigure(
  fixedNoiseLoss: { shots: StepValue[]; heldOut: StepValue[] },
): Figure {
  return {
    data: (["shots", "heldOut"] as const).map((name, i) =>
      curve(name === "shots" ? name : "held-out", fixedNoiseLoss[name], seriesStyle(i))
    ),
    layout: layout(
      axis("optimizer step", { rangemode: "tozero" }),
      axis("fixed-noise loss (mean squared error)"),
    ),
  };
}
