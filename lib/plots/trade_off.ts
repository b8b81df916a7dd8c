import type { Figure } from "./figure.ts";
import { axis, layout, neutral, seriesStyle } from "./theme.ts";

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
export function tradeOffFigure(x: Goal, y: Goal, points: TradeOffPoint[]): Figure {
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
        const { color, symbol } = seriesStyle(index);
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
