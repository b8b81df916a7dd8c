/** Lines over steps or seconds: losses, learning curves, scores during training. */
import type { Data } from "plotly.js-dist-min";
import {
  axis,
  type Figure,
  layout,
  palette,
  seriesStyle,
  type StepInterval,
  type StepValue,
  translucent,
} from "./theme.ts";

/** Points of one series, in order. */
type MarkedLine = { name: string; points: { x: number; y: number }[] };

/** A line with markers; `index` picks its colour, dash and marker. */
function markedLine({ name, points }: MarkedLine, index: number): Data {
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
function curve(name: string, points: StepValue[], index: number): Data {
  const line = { name, points: points.map(({ step, value }) => ({ x: step, y: value })) };
  return { ...markedLine(line, index), cliponaxis: false, legendgroup: name };
}

/** The band between `low` and `high` behind a curve of the same name and index. */
function band(name: string, points: StepInterval[], index: number, opacity: number): Data {
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
    fillcolor: translucent(seriesStyle(index).color, opacity),
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

/** Content scores of one model or prompt set; a band is drawn where all points carry an interval. */
export interface ClipScoreSeries {
  name: string;
  points: StepValue[] | StepInterval[];
}

/** Content score (100 × cosine of image and text embeddings) over optimizer steps. */
export function clipScoreFigure(series: ClipScoreSeries[]): Figure {
  // Many bands on top of each other would hide the curves.
  const opacity = Math.min(0.16, 0.32 / series.length);
  return {
    data: series.flatMap(({ name, points }, index) => [
      ...(haveIntervals(points) ? [band(name, points, index, opacity)] : []),
      curve(name, points, index),
    ]),
    layout: layout(
      axis("optimizer step", { rangemode: "tozero" }),
      axis("content (100 × cosine)"),
    ),
  };
}

function haveIntervals(points: StepValue[]): points is StepInterval[] {
  return points.length > 0 && points.every((point) => "low" in point && "high" in point);
}

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
        mode: "lines",
        name,
        x: points.map(({ step }) => step),
        y: points.map(({ value }) => value),
        line: { color, dash, width: 2 },
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
    data: series.map(markedLine),
    layout: layout(
      axis(x, { type: "log", tickvals: sizes, ticktext: sizes.map(String) }),
      axis(y, { type: "log" }),
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
        marker: { color, size: 4 },
      };
    }),
    layout: layout(axis("optimizer step", { rangemode: "tozero" }), axis(y, { type: "log" })),
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
    data: [curve("shots", fixedNoiseLoss.shots, 0), curve("held-out", fixedNoiseLoss.heldOut, 1)],
    layout: layout(
      axis("optimizer step", { rangemode: "tozero" }),
      axis("fixed-noise loss (mean squared error)"),
    ),
  };
}
