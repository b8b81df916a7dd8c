import { join } from "node:path";
import { z } from "zod";
import { readJson } from "specialist/files/mod.ts";
import { type Clip, loadClip } from "specialist/models/clip/mod.ts";
import { loadStableDiffusion } from "specialist/models/stable_diffusion/mod.ts";
import type { BaseData } from "./base_data.ts";
import { type ClipName, clipStages } from "./clip_stages.ts";
import type { PretrainConfig } from "./config.ts";
import type { Frame } from "./frame.ts";
import type { PartRecord } from "./model_folder.ts";
import type { StageContext } from "./stage.ts";

const partSchema = z.strictObject({
  steps: z.int().min(0),
  of: z.int().min(0),
  loss: z.number(),
  seconds: z.number().optional(),
});

const trainingFileSchema = z.looseObject({
  parts: z.strictObject({
    autoencoder: partSchema,
    guide: partSchema,
    judge: partSchema,
    denoiser: partSchema,
  }),
});

/**
 * A base model to go on from: its autoencoder is kept, those CLIPs that are among the stages are
 * trained on, and so is its denoiser afterwards.
 *
 * @throws UserError if the folder is not complete
 */
export async function loadFrame(
  folder: string,
  config: PretrainConfig,
  data: BaseData,
  shared: StageContext,
): Promise<Frame> {
  const { tokenizer, vae, textEncoder, unet } = await loadStableDiffusion(folder);
  const before = await readJson(join(folder, "training.json"), trainingFileSchema);
  const { parts } = before;
  const starts: Record<ClipName, Clip> = {
    guide: await loadClip(join(folder, "guide")),
    judge: await loadClip(join(folder, "judge")),
  };
  const clips = clipStages(config, data, shared, starts);
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
      guide: await record("guide"),
      judge: await record("judge"),
    }),
    start: { unet: unet.params, textEncoder: textEncoder.params },
    before,
  };
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
