import { mean } from "simple-statistics";
import type { Figure } from "./figure.ts";
import type { TimestepLosses } from "./loss_by_timestep.ts";
import { axis, colorBar, diverging, layout } from "./theme.ts";

/** Losses of single (image, noise, timestep) triples after some optimizer steps. */
export type LossesAtStep = Pick<TimestepLosses, "losses"> & { step: number };

/**
 * The loss along the noise schedule over a training, in percent of what it was at the first point:
 * which timesteps learn, and which forget. Points are of the same triples, in order of their steps.
 */
export function lossHeatmapFigure(
  points: LossesAtStep[],
  { bins = 16, trainTimesteps = 1000 }: { bins?: number; trainTimesteps?: number } = {},
): Figure {
  const width = trainTimesteps / bins;
  const binned = points.map(({ losses }) => binnedMeans(losses, bins, width));
  const change = binned.map((losses) =>
    losses.map((loss, bin) => {
      const first = binned[0][bin];
      return loss === null || first === null ? null : 100 * (loss / first - 1);
    })
  );
  const largest = Math.max(1, ...change.flat().map((value) => Math.abs(value ?? 0)));
  return {
    data: [{
      type: "heatmap",
      x: points.map(({ step }) => String(step)),
      y: Array.from({ length: bins }, (_, bin) => (bin + 0.5) * width),
      z: Array.from({ length: bins }, (_, bin) => change.map((row) => row[bin])),
      zmin: -largest,
      zmax: largest,
      colorscale: diverging,
      colorbar: colorBar("change of the loss (%)"),
      hovertemplate: "step %{x}<br>timestep about %{y}<br>%{z:+.1f} %<extra></extra>",
    }],
    layout: layout(
      axis("optimizer step", { type: "category", showgrid: false }),
      axis(`timestep (0 clean, ${trainTimesteps} noise)`, {
        range: [0, trainTimesteps],
        showgrid: false,
      }),
      { hovermode: "closest" },
    ),
  };
}

/** A value for each bin; null where it has none. */
function binnedMeans(
  losses: TimestepLosses["losses"],
  bins: number,
  width: number,
): (number | null)[] {
  const groups = Map.groupBy(losses, ({ timestep }) => Math.floor(timestep / width));
  return Array.from({ length: bins }, (_, bin) => {
    const members = groups.get(bin);
    return members ? mean(members.map(({ value }) => value)) : null;
  });
}
