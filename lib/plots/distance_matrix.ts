import type { Figure } from "./figure.ts";
import { axis, colorBar, layout, sequential } from "./theme.ts";

/** Distances of all of one kind to all of another; dark is near. `title` names the distance. */
export function distanceMatrixFigure(
  title: string,
  { x, y, z }: {
    x: { title: string; names: readonly string[] };
    y: { title: string; names: readonly string[] };
    /** [y][x] */
    z: readonly (readonly number[])[];
  },
): Figure {
  return {
    data: [{
      type: "heatmap",
      x: [...x.names],
      y: [...y.names],
      z: z.map((row) => [...row]),
      colorscale: sequential,
      colorbar: colorBar(title),
      hovertemplate: `%{y}<br>%{x}<br>%{z:.3f}<extra></extra>`,
    }],
    layout: layout(
      axis(x.title, { type: "category", showgrid: false, tickangle: -35 }),
      axis(y.title, { type: "category", showgrid: false, autorange: "reversed" }),
      { hovermode: "closest", height: 240 + 36 * y.names.length },
    ),
  };
}
