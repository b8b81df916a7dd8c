import type { Figure, StepValue } from "./figure.ts";
import { smooth } from "./smooth.ts";
import { axis, layout, palette, seriesStyle, translucent } from "./theme.ts";

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
