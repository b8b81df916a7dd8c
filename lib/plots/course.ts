import type { Figure, StepValue } from "./figure.ts";
import { axis, layout, seriesStyle } from "./theme.ts";

/** A quantity of each step of a program. */
export interface CourseSeries {
  name: string;
  points: StepValue[];
}

/**
 * What a quantity does in the course of a run, from zero up: whether it stays what it was. `y` names the
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
