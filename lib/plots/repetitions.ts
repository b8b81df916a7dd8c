import type { Figure } from "./figure.ts";
import { barsLayout } from "./score_bars.ts";
import { neutral, palette, translucent } from "./theme.ts";

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
): Figure {
  const reach = Math.max(...byChance.values.map(Math.abs));
  const { xaxis, ...rest } = barsLayout(title, changes.length + 1);
  return {
    data: [byChance, ...changes].map(({ name, values }) => ({
      type: "scatter",
      mode: "markers",
      name,
      x: values,
      y: values.map(() => name),
      marker: {
        color: name === byChance.name ? neutral.dark : palette.blue,
        size: 9,
        opacity: 0.7,
      },
    })),
    layout: {
      ...rest,
      shapes: [{
        type: "rect",
        yref: "paper",
        x0: -reach,
        x1: reach,
        y0: 0,
        y1: 1,
        layer: "below",
        line: { width: 0 },
        fillcolor: translucent(neutral.light, 0.35),
      }],
      xaxis: { ...xaxis, zeroline: true, zerolinecolor: neutral.dark, zerolinewidth: 1.5 },
    },
  };
}
