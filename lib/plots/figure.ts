// The whole of plotly.js, for its types alone: what draws is its smaller part for Cartesian axes.
import type { Data, Layout } from "plotly.js-dist-min";

/** A plotly figure as plain JSON data: what `Plotly.newPlot(element, data, layout)` takes. */
export interface Figure {
  data: Data[];
  layout: Partial<Layout>;
}

/** A value measured at an optimizer step. */
export type StepValue = {
  step: number;
  value: number;
};

/** A value measured at an optimizer step, with the ends of its uncertainty interval. */
export type StepInterval = StepValue & {
  low: number;
  high: number;
};
