import { join } from "node:path";
import { z } from "zod";
import { readJson } from "specialist/files/mod.ts";
import { type Clip, loadClip } from "specialist/models/clip/mod.ts";
import { loadStableDiffusion, type Model } from "specialist/models/stable_diffusion/mod.ts";
import { type VaeConfig, vaeSpecs } from "specialist/models/vae/mod.ts";
import type { Params } from "specialist/nn/mod.ts";
import { decoderParams, decoderTask } from "./autoencoder.ts";
import type { BaseData } from "./base_data.ts";
import { type ClipName, clipStages } from "./clip_stages.ts";
import type { PretrainConfig } from "./config.ts";
import type { Frame } from "./frame.ts";
import type { PartRecord } from "./model_folder.ts";
import { stage, type StageContext } from "./stage.ts";

const partSchema = z.strictObject({
  steps: z.int().min(0),
  of: z.int().min(0),
  loss: z.number(),
  seconds: z.number().optional(),
});

const trainingFileSchema = z.looseObject({
  parts: z.strictObject({
    autoencoder: partSchema,
    decoder: partSchema.optional(),
    guide: partSchema,
    judge: partSchema,
    denoiser: partSchema,
  }),
});

/**
 * A base model to go on from: its encoder is kept; its decoder and CLIPs are trained on where they
 * are among the stages, and so is its denoiser afterwards.
 *
 * @throws UserError if the folder is not complete
 */
export async function loadFrame(
  folder: string,
  config: PretrainConfig,
  data: BaseData,
  shared: StageContext,
): Promise<Frame> {
  const { tokenizer, textEncoder, unet, ...loaded } = await loadStableDiffusion(folder);
  const before = await readJson(join(folder, "training.json"), trainingFileSchema);
  const { parts } = before;
  const starts: Record<ClipName, Clip> = {
    guide: await loadClip(join(folder, "guide")),
    judge: await loadClip(join(folder, "judge")),
  };
  const clips = clipStages(config, data, shared, starts);
  const decoder = config.stages.includes("decoder")
    ? await trainDecoder(loaded.vae, config, data, shared)
    : undefined;
  const vae: Model<VaeConfig> = {
    ...loaded.vae,
    params: { ...loaded.vae.params, ...decoder?.params },
  };
  await clips.train();

  const clip = async (name: ClipName) =>
    await clips.trained(name) ?? await loadClip(join(folder, name));
  const record = async (name: ClipName): Promise<PartRecord> => {
    const more = await clips.record(name);
    return more ? together(parts[name], more) : parts[name];
  };
  return {
    tokenizer,
    textConfig: textEncoder.config,
    vae,
    scalingFactor: vae.config.scaling_factor,
    clips: async () => ({ guide: await clip("guide"), judge: await clip("judge") }),
    records: async () => ({
      ...parts,
      ...decoder &&
        { decoder: parts.decoder ? together(parts.decoder, decoder.part) : decoder.part },
      guide: await record("guide"),
      judge: await record("judge"),
    }),
    start: { unet: unet.params, textEncoder: textEncoder.params },
    before,
  };
}

async function trainDecoder(
  vae: Model<VaeConfig>,
  config: PretrainConfig,
  data: BaseData,
  shared: StageContext,
): Promise<{ params: Params; part: PartRecord }> {
  const { training } = config.decoder;
  const { params, ...cost } = await stage({
    ...shared,
    name: "decoder",
    config: { ...config.vae, training },
    training,
    specs: decoderParams(vaeSpecs(vae.config)),
    task: () => decoderTask(config, data, vae),
  });
  return { params, part: { steps: training.steps, of: training.steps, ...cost } };
}

/** One training and another that went on from it; the time is known where both times are. */
export function together(first: PartRecord, next: PartRecord): PartRecord {
  return {
    steps: first.steps + next.steps,
    of: first.steps + next.of,
    loss: next.loss,
    seconds: first.seconds && next.seconds && first.seconds + next.seconds,
  };
}
