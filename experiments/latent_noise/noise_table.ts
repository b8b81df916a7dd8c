/** The measured noise tolerance as Markdown. */
import { mean } from "simple-statistics";
import { markdownTable } from "markdown-table";
import type { PredictionError } from "./prediction.ts";
import type { Tolerance } from "./tolerance.ts";

/** What was measured of one model. */
export type ModelRecord = {
  name: string;
  sets: { set: string; role: "base" | "style"; tolerance: Tolerance[] }[];
  /** Where the folder holds a whole base model. */
  denoiser?: { known: PredictionError[]; unseen: PredictionError[]; sampled?: number };
};

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

/** Errors by set and noise level; what the denoisers' latents are off by. */
export function noiseTable(records: readonly ModelRecord[]): string {
  return `# How much noise the latents tolerate

Written by \`deno task specialist latent-noise\`. Mean absolute error of decoded test drawings, in levels
of 255, with Gaussian noise added to their latents, as a share of the latents' standard deviation.

${records.map(toleranceTable).join("\n\n")}

![Error by noise](latent_noise.svg)

${records.filter(({ denoiser }) => denoiser).map(denoiserText).join("\n\n")}
`;
}

function toleranceTable({ name, sets }: ModelRecord): string {
  const levels = sets[0].tolerance.map(({ level }) => level);
  const row = (title: string, chosen: ModelRecord["sets"]) => [
    title,
    ...levels.map((_, i) => mean(chosen.map(({ tolerance }) => tolerance[i].error)).toFixed(1)),
  ];
  return `## ${name}

${
    markdownTable([
      ["drawings", ...levels.map(percent)],
      ...sets.map((set) => row(set.set, [set])),
      row("mean of the target styles", sets.filter(({ role }) => role === "style")),
      row("mean of the base sets", sets.filter(({ role }) => role === "base")),
      [
        "latents to those of the decoded drawing, mean",
        ...levels.map((_, i) => percent(mean(sets.map(({ tolerance }) => tolerance[i].roundTrip)))),
      ],
    ], { align: ["l", ...levels.map(() => "r")] })
  }

![The drawings, then one row for each noise level](latent_noise_${name}.png)`;
}

function denoiserText({ name, denoiser }: ModelRecord): string {
  const { known, unseen, sampled } = denoiser!;
  return `## What the denoiser of ${name} is off by

Root mean square error of the latents predicted in one step from noisy ones, at a timestep of 1,000, as a
share of the latents' standard deviation: test concepts in the base styles, which the model has seen, and
in the target styles, which it has not.

${
    markdownTable([
      ["timestep", ...known.map(({ timestep }) => `${timestep}`)],
      ["base styles", ...known.map(({ error }) => percent(error))],
      ["target styles", ...unseen.map(({ error }) => percent(error))],
    ], { align: ["l", ...known.map(() => "r")] })
  }${
    sampled === undefined ? "" : `

Sampled latents (25 steps, guidance 4) differ from those that their decoded drawings are encoded to by
${percent(sampled)} of the standard deviation; compare the last rows above.`
  }`;
}
