/** Makes the base model: autoencoder, two CLIPs, then the text-to-image model. */
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { UserError } from "specialist/errors/mod.ts";
import { clipTextSpecs } from "specialist/models/clip/mod.ts";
import { unetSpecs } from "specialist/models/unet/mod.ts";
import { type Params, scoped } from "specialist/nn/mod.ts";
import { gitCommit, hashFolder } from "specialist/records/mod.ts";
import { stableDiffusionV1 } from "specialist/schedulers/mod.ts";
import { tf, useBackend } from "specialist/tensorflow/mod.ts";
import { type BaseData, type Drawing, loadBaseData } from "./base_data.ts";
import { filteredDrawings, transformedDrawings } from "./changed_drawings.ts";
import type { PretrainConfig } from "./config.ts";
import { denoiserTask, type EncodedDrawing } from "./denoiser.ts";
import { deviationOf, encodeDrawings } from "./latents.ts";
import { loadFrame, together } from "./load_frame.ts";
import { type PartRecord, writeBaseModel } from "./model_folder.ts";
import { stage } from "./stage.ts";
import { trainFrame } from "./train_frame.ts";

/**
 * Trains what is not trained yet, and writes the model's folder: now and then while the denoiser
 * learns, and in the end.
 */
export async function pretrain(config: PretrainConfig, signal?: AbortSignal): Promise<void> {
  if (config.from && resolve(config.from) === resolve(config.output)) {
    throw new UserError({
      what: "the model to go on from would be overwritten",
      field: "output",
      value: config.output,
      remedy: "name another folder to write to",
    });
  }
  const commit = gitCommit();
  const backend = await useBackend();
  console.log(`Computing with ${backend}`);
  const data = await loadBaseData();
  const { from, seed } = config;
  const datasets = { base: hashOf(data), ...from && { from: await hashFolder(from) } };
  const shared = { seed, datasets, backend, signal };
  const frame = from
    ? await loadFrame(from, config, data, shared)
    : await trainFrame(config, data, shared);
  if (!config.stages.includes("denoiser")) return;

  const { vae, tokenizer, textConfig, start } = frame;
  const { denoiser } = config;
  const chosen = {
    drawings: data.drawings,
    filtered: filteredDrawings(data.drawings, denoiser.variants),
    transformed: transformedDrawings(data.drawings, denoiser.variants),
  };
  const unscaled = encodeDrawings(
    vae.params,
    vae.config,
    Object.values(chosen).flat(),
    data.emoji.size,
  );
  const scalingFactor = frame.scalingFactor ?? 1 / deviationOf(unscaled);
  const latents = unscaled.values();
  const encoded = (drawings: readonly Drawing[]): EncodedDrawing[] =>
    drawings.map((drawing) => ({
      drawing,
      latent: latents.next().value!.map((value) => value * scalingFactor),
    }));
  const pictures = {
    drawings: encoded(chosen.drawings),
    filtered: encoded(chosen.filtered),
    transformed: encoded(chosen.transformed),
  };

  /** Answers whether there was all that a model needs. */
  const write = async (params: Params, { steps, of, loss, seconds }: PartRecord) => {
    const clips = await frame.clips();
    const { autoencoder, guide, judge, denoiser: earlier } = await frame.records();
    if (!clips || !autoencoder || !guide || !judge) return false;
    const part = { steps, of, loss, seconds };
    await writeBaseModel(config.output, {
      pipeline: {
        tokenizer,
        scheduler: stableDiffusionV1,
        textEncoder: { config: textConfig, params: scoped(params, "text_encoder") },
        unet: { config: denoiser.unet, params: scoped(params, "unet") },
        vae: { config: { ...vae.config, scaling_factor: scalingFactor }, params: vae.params },
      },
      ...clips,
      config,
      backend,
      commit,
      parts: {
        autoencoder,
        guide,
        judge,
        denoiser: earlier ? together(earlier, part) : part,
      },
      before: frame.before,
    }, data);
    tf.dispose([clips.guide.params, clips.judge.params]);
    return true;
  };

  const { steps } = denoiser.training;
  const { params, loss, seconds } = await stage({
    ...shared,
    name: "denoiser",
    config: { ...denoiser, textConfig, scalingFactor },
    training: denoiser.training,
    specs: {
      ...prefixedSpecs(unetSpecs(denoiser.unet), "unet"),
      ...prefixedSpecs(clipTextSpecs(textConfig), "text_encoder"),
    },
    task: () => denoiserTask(config, textConfig, tokenizer, pictures, start),
    async onStep(step, weights, loss) {
      if (step % config.writeEvery !== 0 || step === steps) return;
      const params = weights.read();
      await write(params, { steps: step, of: steps, loss });
      tf.dispose(params);
    },
  });
  const written = await write(params, { steps, of: steps, loss, seconds });
  console.log(
    written
      ? `The base model is in ${config.output}`
      : "The denoiser is trained; the model is written once both CLIPs are, by the same command",
  );
}

function prefixedSpecs<T>(specs: Record<string, T>, prefix: string): Record<string, T> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [`${prefix}.${name}`, spec]),
  );
}

function hashOf({ drawings }: BaseData): string {
  const hash = createHash("sha256");
  for (const { set, concept, items, pixels } of drawings) {
    hash.update(JSON.stringify([set, concept, items])).update(pixels);
  }
  return hash.digest("hex");
}
