import type { Figure } from "./figure.ts";
import { axis, layout, seriesStyle } from "./theme.ts";

/** The timesteps that one way of training draws from. */
export interface TrainedTimesteps {
  name: string;
  timesteps: ArrayLike<number>;
}

/** Where along the noise schedule a U-Net is trained: a row of ticks for each way. */
export function trainedTimestepsFigure(
  ways: TrainedTimesteps[],
  { trainTimesteps = 1000 }: { trainTimesteps?: number } = {},
): Figure {
  return {
    data: ways.map(({ name, timesteps }, index) => ({
      type: "scatter",
      mode: "markers",
      name,
      x: Array.from(timesteps),
      y: Array.from(timesteps, () => name),
      marker: {
        color: seriesStyle(index).color,
        symbol: "line-ns-open",
        size: 18,
        line: { width: 1.5 },
      },
      hovertemplate: "timestep %{x}<extra>%{fullData.name}</extra>",
    })),
    layout: layout(
      axis(`timestep (0 clean, ${trainTimesteps} noise)`, {
        range: [-0.01 * trainTimesteps, 1.01 * trainTimesteps],
      }),
      axis("", { type: "category", autorange: "reversed", showgrid: false }),
      { hovermode: "closest", showlegend: false, height: 120 + 60 * ways.length },
    ),
  };
}
