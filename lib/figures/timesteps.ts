/** Losses by timestep, the timesteps that are trained, and a sample's trajectory. */
import type { Data } from "plotly.js-dist-min";
import { mean, sampleStandardDeviation } from "simple-statistics";
import { principalComponents } from "../evaluation/mod.ts";
import { axis, colorBar, diverging, type Figure, layout, seriesStyle } from "./theme.ts";

/** Losses of single (image, noise, timestep) triples of one model. */
export interface TimestepLosses {
  name: string;
  losses: { timestep: number; value: number }[];
}

/**
 * Mean loss in equal bins of the diffusion timestep, with standard errors, on a logarithmic axis:
 * where along the noise schedule a model has learned.
 */
export function lossByTimestepFigure(
  series: TimestepLosses[],
  { bins = 20, trainTimesteps = 1000 }: { bins?: number; trainTimesteps?: number } = {},
): Figure {
  const width = trainTimesteps / bins;
  return {
    data: series.map(({ name, losses }, index) => binned(name, losses, index, width)),
    layout: layout(
      axis(`timestep (0 clean, ${trainTimesteps} noise)`, { range: [0, trainTimesteps] }),
      axis("loss (mean squared error)", { type: "log", dtick: "D2", minorloglabels: "complete" }),
    ),
  };
}

function binned(
  name: string,
  losses: TimestepLosses["losses"],
  index: number,
  width: number,
): Data {
  const groups = Map.groupBy(losses, ({ timestep }) => Math.floor(timestep / width));
  const occupied = [...groups].sort(([a], [b]) => a - b)
    .map(([bin, members]) => ({ bin, values: members.map((member) => member.value) }));
  const { color, dash, symbol } = seriesStyle(index);
  return {
    type: "scatter",
    mode: "lines+markers",
    name,
    x: occupied.map(({ bin }) => (bin + 0.5) * width),
    y: occupied.map(({ values }) => mean(values)),
    error_y: {
      type: "data",
      array: occupied.map(({ values }) => standardError(values)),
      color,
      thickness: 1,
      width: 2,
    },
    line: { color, dash, width: 2.5 },
    marker: { color, symbol, size: 6 },
  };
}

function standardError(values: number[]): number {
  return values.length < 2 ? 0 : sampleStandardDeviation(values) / Math.sqrt(values.length);
}

/** Losses of single (image, noise, timestep) triples after some optimizer steps. */
export type LossesAtStep = Pick<TimestepLosses, "losses"> & { step: number };

/**
 * The loss along the noise schedule over a run, in percent of what it was at the first point:
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

/** The timesteps that a distribution draws from. */
export interface TrainedTimesteps {
  name: string;
  timesteps: ArrayLike<number>;
}

/** Where along the noise schedule a U-Net is trained: a row of ticks for each distribution. */
export function trainedTimestepsFigure(
  distributions: TrainedTimesteps[],
  { trainTimesteps = 1000 }: { trainTimesteps?: number } = {},
): Figure {
  return {
    data: distributions.map(({ name, timesteps }, index) => ({
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
      { hovermode: "closest", showlegend: false, height: 120 + 60 * distributions.length },
    ),
  };
}

/** A sample's trajectory: its latents from noise to image. */
export interface Trajectory {
  name: string;
  /** In the sampler's order; all latents of all trajectories are of one length. */
  points: { timestep: number; latents: ArrayLike<number> }[];
}

/**
 * The trajectories of samples in the space of latents, in the plane in which they differ most: its
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
