/** The base model's folder: pipeline, guide, judge, and a card that says how they were made. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { imageGrid, writePng } from "specialist/data";
import { sample } from "specialist/diffusion";
import {
  libraryVersions,
  replaceFolder,
  writeAtomically,
} from "specialist/internal/runtime/mod.ts";
import { type Clip, saveClip, type StableDiffusion, writeStableDiffusion } from "specialist/models";
import type { BaseData } from "./base_data.ts";
import type { PretrainConfig } from "./config.ts";

export const partSchema = z.strictObject({
  steps: z.int().min(0),
  of: z.int().min(0),
  loss: z.number(),
  seconds: z.number().optional(),
});

/** How far a part has been trained. */
export type PartRecord = z.infer<typeof partSchema>;

/** A run and another that resumed from it; the time is known where both times are. */
export function together(first: PartRecord, next: PartRecord): PartRecord {
  return {
    steps: first.steps + next.steps,
    of: first.steps + next.of,
    loss: next.loss,
    seconds: first.seconds && next.seconds && first.seconds + next.seconds,
  };
}

/** The decoder only where it was trained on by itself. */
export type PartRecords =
  & Record<"autoencoder" | "guide" | "denoiser", PartRecord>
  & { decoder?: PartRecord };

export type BaseModel = {
  pipeline: StableDiffusion;
  guide: Clip;
  config: PretrainConfig;
  parts: PartRecords;
  backend: string;
  /** The code's, when the training began. */
  commit?: string;
  /** The record of the model that this one continues. */
  before?: Record<string, unknown>;
};

/** What the card's image shows: each in each base style. */
const cardItems = [
  "a red apple",
  "a cat face",
  "a castle",
  "a sailboat",
  "a slice of pizza",
  "a grinning face",
  "an elephant",
  "a cactus",
];

/**
 * Writes the model in half precision, complete or not at all. The judge is that of the model it
 * continues, else the one that is in the folder already; `deno task judges` makes one.
 */
export async function writeBaseModel(
  folder: string,
  model: BaseModel,
  data: BaseData,
): Promise<void> {
  const { pipeline, guide, config, parts, backend, commit, before } = model;
  const base = data.emoji.sets.filter(({ role }) => role === "base");
  const prompts = base.flatMap(({ styleWords }) =>
    cardItems.map((item) => `${item} in ${styleWords} style`)
  );
  const sampling = { steps: 25, guidanceScale: 4, sampler: "dpm_solver", seed: 0 } as const;
  const images = await sample(pipeline, { prompts, ...sampling });
  await replaceFolder(folder, async (fresh) => {
    await writeStableDiffusion(fresh, pipeline, { dtype: "F16" });
    await saveClip(join(fresh, "guide"), guide, { dtype: "F16" });
    const judge = [...config.from ? [config.from] : [], folder]
      .map((model) => join(model, "judge")).find((path) => existsSync(path));
    if (judge) await copyFolder(judge, join(fresh, "judge"));
    await writePng(join(fresh, "samples.png"), imageGrid(images, cardItems.length, 2));
    const record = {
      command: "deno task pretrain",
      config,
      parts,
      sampling,
      prompts,
      backend,
      versions: libraryVersions(),
      commit,
      date: new Date().toISOString(),
      before,
    };
    await writeAtomically(join(fresh, "training.json"), JSON.stringify(record, null, 2));
    await writeAtomically(join(fresh, "README.md"), card(model, data, prompts));
  });
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    const [source, target] = [join(from, name), join(to, name)];
    await (isDirectory ? copyFolder(source, target) : Deno.copyFile(source, target));
  }
}

/** The backends of this run and of those that it continues, each once. */
function backendsOf({ backend, before }: Pick<BaseModel, "backend" | "before">): string[] {
  const earlier = before as BaseModel | undefined;
  return [...new Set([...earlier ? backendsOf(earlier) : [], backend])];
}

/** Where the shipped model is measured. */
const measured = `## How well it draws

[In the base styles](../../../results/model/base_styles.md), \`deno task specialist base-styles\` scores test
concepts, next to the model that this one replaced:

![Designers' drawings, and those of both models](../../../results/model/base_styles.png)

A denoiser is never exact, so the decoder has to tolerate
[noise in the latents](../../../results/model/latent_noise.md), which \`deno task specialist latent-noise\` measures:

![Mean error of decoded test drawings by noise added to the latents](../../../results/model/latent_noise.svg)
`;

function card(model: BaseModel, data: BaseData, prompts: string[]): string {
  const { config, parts } = model;
  const base = data.emoji.sets.filter(({ role }) => role === "base");
  const row = (name: string, { steps, of, loss, seconds }: PartRecord) =>
    `| ${name} | ${steps} of ${of} | ${loss.toFixed(4)} | ${
      seconds === undefined ? "" : (seconds / 60).toFixed(0)
    } |`;
  return `# emoji-base

A small text-to-image diffusion model, built like Stable Diffusion v1, for 64 × 64 images of emoji,
with a CLIP to train with (\`guide\`). Written by \`deno task pretrain\`; \`training.json\` holds its whole
configuration, versions and commit. What scores its images (\`judge\`) is written by \`deno task judges\`.

![Samples](samples.png)

Each row is a style (${base.map(({ styleWords }) => styleWords).join(", ")}), each column an item
(${prompts.slice(0, cardItems.length).map((prompt) => prompt.split(" in ")[0]).join(", ")}).

## Data

${data.drawings.length} drawings of ${
    new Set(data.drawings.map(({ concept }) => concept)).size
  } concepts. No drawing of the styles that it
is to be adapted to, and no concept of the split \`unseen\` (data/splits.json).

| icon set | designer | licence |
| --- | --- | --- |
${base.map(({ title, author, licence }) => `| ${title} | ${author} | ${licence} |`).join("\n")}

## Training

Seed ${config.seed}; computed with ${backendsOf(model).join(", then with ")}.

| part | steps | loss | minutes |
| --- | --- | --- | --- |
${Object.entries(parts).map(([name, part]) => row(name, part)).join("\n")}

${measured}
## Licence and limits

The weights are under the project's licence; the drawings that they were trained on are under those
above. It knows emoji and nothing else, and draws them roughly.
`;
}
