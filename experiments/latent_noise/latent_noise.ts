/** Whether an autoencoder's latents tolerate noise, and how much of it a denoiser makes. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { mean } from "simple-statistics";
import {
  type Emoji,
  type Image,
  imageGrid,
  itemCaptions,
  loadEmoji,
  readSplits,
  type Splits,
  writePng,
} from "specialist/data";
import { benchmarkSubjects } from "specialist/evaluation";
import { figureSvg, learningFigure } from "specialist/figures";
import { gitCommit, writeAtomically } from "specialist/internal/runtime/mod.ts";
import { tf, useBackend } from "specialist/internal/tensor/mod.ts";
import { loadStableDiffusion, loadVae, type Model, type VaeConfig } from "specialist/models";
import type { LatentNoiseConfig } from "../commands/options.ts";
import { type Captioned, measurePrediction, measureSamples } from "./prediction.ts";
import { type ModelRecord, noiseTable } from "./noise_table.ts";
import { addNoise, decodeAll, encodeAll, measureTolerance, spread } from "./tolerance.ts";

/** Measures each model that is there, and writes record, table, figure and images. */
export async function latentNoise(config: LatentNoiseConfig): Promise<void> {
  const backend = await useBackend({ batch: 32 });
  const [emoji, splits] = [await loadEmoji(), await readSplits()];
  const records: ModelRecord[] = [];
  for (const folder of config.models) {
    const record = await measureModel(folder, config, emoji, splits);
    records.push(record);
    const shown = benchmarkSubjects(emoji, splits, { split: "test", set: "fluent-emoji-flat" })
      .flatMap(({ truth }) => truth ?? []).slice(20, 30);
    const file = join(config.output, `latent_noise_${record.name}.png`);
    await Deno.mkdir(config.output, { recursive: true });
    await writePng(file, await noisyRows(folder, shown, config));
  }
  const file = (extension: string) => join(config.output, `latent_noise.${extension}`);
  const { levels, drawings, samples, seed } = config;
  await writeAtomically(
    file("json"),
    JSON.stringify(
      { levels, drawings, samples, seed, backend, commit: gitCommit(), models: records },
      null,
      2,
    ),
  );
  await writeAtomically(file("md"), noiseTable(records));
  await writeAtomically(file("svg"), await figureSvg(figureOf(records)));
  console.log(noiseTable(records));
}

async function measureModel(
  folder: string,
  { levels, drawings, samples, seed }: LatentNoiseConfig,
  emoji: Emoji,
  splits: Splits,
): Promise<ModelRecord> {
  const vae = await readVae(folder);
  const truths = (set: string) =>
    benchmarkSubjects(emoji, splits, { split: "test", set })
      .flatMap(({ truth }) => truth ?? []).slice(0, drawings);
  const sets = emoji.sets.map(({ name, role }) => ({
    set: name,
    role,
    tolerance: measureTolerance(vae, truths(name), levels, seed),
  }));
  tf.dispose(vae.params);
  const record: ModelRecord = { name: basename(folder), sets };
  if (!existsSync(join(folder, "unet"))) return record;

  const model = await loadStableDiffusion(folder);
  const known = captionedDrawings(emoji, splits, "base", drawings);
  const unseen = captionedDrawings(emoji, splits, "style", drawings);
  const latents = encodeAll(model.vae, known.map(({ image }) => image));
  const { deviation } = spread(latents);
  tf.dispose(latents);
  const prompts = known.slice(0, samples).map(({ caption }) => caption);
  const denoiser = {
    known: measurePrediction(model, known, seed),
    unseen: measurePrediction(model, unseen, seed),
    ...samples > 0 && { sampled: await measureSamples(model, prompts, deviation, seed) },
  };
  tf.dispose([model.textEncoder.params, model.unet.params, model.vae.params]);
  return { ...record, denoiser };
}

/** Test concepts as the designers of a role drew them, one designer for each concept. */
function captionedDrawings(
  emoji: Emoji,
  splits: Splits,
  role: "base" | "style",
  count: number,
): Captioned[] {
  const sets = emoji.sets.filter((set) => set.role === role);
  const ids = new Set(splits.test);
  return emoji.concepts.filter(({ id }) => ids.has(id)).flatMap((concept, i) => {
    const { name, styleWords } = sets[i % sets.length];
    const image = emoji.image(name, concept.id);
    const caption = `${itemCaptions(concept)[0]} in ${styleWords} style`;
    return image ? [{ image, caption }] : [];
  }).slice(0, count);
}

function readVae(folder: string): Promise<Model<VaeConfig>> {
  const inner = join(folder, "vae");
  return loadVae(existsSync(inner) ? inner : folder);
}

/** The drawings, and a row of them decoded at each noise level. */
async function noisyRows(
  folder: string,
  drawings: readonly Image[],
  { levels, seed }: LatentNoiseConfig,
): Promise<Image> {
  const vae = await readVae(folder);
  const latents = encodeAll(vae, drawings);
  const { deviation } = spread(latents);
  const rows = levels.flatMap((level) => {
    const noisy = addNoise(latents, level * deviation, seed);
    const images = decodeAll(vae, noisy);
    tf.dispose(noisy);
    return images;
  });
  tf.dispose([vae.params, latents]);
  return imageGrid([...drawings, ...rows], drawings.length, 2);
}

/** Error by noise, of the target styles and of the base sets. */
function figureOf(records: readonly ModelRecord[]) {
  return learningFigure(
    "noise added to the latents (% of their standard deviation)",
    "mean error of decoded test drawings (levels of 255)",
    records.flatMap(({ name, sets }) =>
      (["style", "base"] as const).map((role) => {
        const chosen = sets.filter((set) => set.role === role);
        return {
          name: `${name}, ${role === "style" ? "target styles" : "base sets"}`,
          points: chosen[0].tolerance.map(({ level }, i) => ({
            x: 100 * level,
            y: mean(chosen.map(({ tolerance }) => tolerance[i].error)),
          })),
        };
      })
    ),
  );
}
