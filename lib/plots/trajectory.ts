import { principalComponents } from "../statistics/mod.ts";
import type { Figure } from "./figure.ts";
import { axis, layout, seriesStyle } from "./theme.ts";

/** A sample's latents on their way from noise to picture. */
export interface Trajectory {
  name: string;
  /** In the sampler's order; all latents of all trajectories are of one length. */
  points: { timestep: number; latents: ArrayLike<number> }[];
}

/**
 * The ways of samples through the space of latents, seen in the plane in which they differ most: its
 * first two principal components. A ring marks each start.
 */
export function trajectoryFigure(trajectories: Trajectory[]): Figure {
  const { coordinates, shares } = principalComponents(
    trajectories.flatMap(({ points }) => points.map(({ latents }) => latents)),
    2,
  );
  let first = 0;
  return {
    data: trajectories.map(({ name, points }, index) => {
      const places = coordinates.slice(first, first += points.length);
      const { color, dash } = seriesStyle(index);
      return {
        type: "scatter",
        mode: "lines+markers",
        name,
        x: places.map(([x]) => x),
        y: places.map(([, y]) => y),
        customdata: points.map(({ timestep }) => timestep),
        hovertemplate: "timestep %{customdata}<extra>%{fullData.name}</extra>",
        line: { color, dash, width: 2 },
        marker: {
          color,
          size: points.map((_, i) => i === 0 ? 12 : 5),
          symbol: points.map((_, i) => i === 0 ? "circle-open" : "circle"),
        },
      };
    }),
    layout: layout(componentAxis(1, shares[0]), componentAxis(2, shares[1]), {
      hovermode: "closest",
    }),
  };
}

function componentAxis(number: number, share: number) {
  return axis(`principal component ${number} (${Math.round(100 * share)} % of the variance)`);
}
