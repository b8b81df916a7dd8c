/** The guide and the autoencoder, trained first; the denoiser works within them. */
import { join } from "node:path";
import { z } from "zod";
import { clipPreprocessorSchema, createRandom } from "specialist/data";
import { readJson, UserError } from "specialist/internal/runtime/mod.ts";
import { tf } from "specialist/internal/tensor/mod.ts";
import {
  type Clip,
  type ClipConfig,
  type ClipTextConfig,
  clipTextSpecs,
  initParams,
  loadClip,
  loadStableDiffusion,
  type Model,
  type Params,
  type Tokenizer,
  unetSpecs,
  type VaeConfig,
  vaeSpecs,
} from "specialist/models";
import { autoencoderTask, decoderParams, decoderTask } from "./autoencoder.ts";
import type { BaseData } from "./base_data.ts";
import { createVocabulary } from "./changed_drawings.ts";
import { guideStage, initClip } from "./clip.ts";
import { type PretrainConfig, stagesOf } from "./config.ts";
import type { DenoiserStart } from "./denoiser.ts";
import { type Autoencoder, furtherAutoencoder, readAutoencoder } from "./further_autoencoder.ts";
import { type PartRecord, type PartRecords, partSchema, together } from "./model_folder.ts";
import { finishedStage, stage, type StageContext, type StageOptions } from "./stage.ts";
import { transformTokens, withNewVectors } from "./transform_words.ts";

/** All of the base model but the denoiser, which learns within it. */
export type Frame = {
  tokenizer: Tokenizer;
  textConfig: ClipTextConfig;
  /** Undefined until it is trained. */
  vae?: Model<VaeConfig>;
  /** What makes the latents' deviation one; undefined until it has been measured. */
  scalingFactor?: number;
  /** Undefined until it is trained. */
  guide(): Promise<Clip | undefined>;
  /** How far each part has been trained; the denoiser where its weights are not new. */
  records(): Promise<Partial<PartRecords>>;
  /** The denoiser's first weights. */
  start: DenoiserStart;
  /** Where it is not that of the model to resume from. */
  autoencoder?: Autoencoder;
  /** What `training.json` says of the model that this one continues. */
  before?: Record<string, unknown>;
};

const trainingFileSchema = z.looseObject({
  // Earlier models name a judge too.
  parts: z.looseObject({
    autoencoder: partSchema,
    decoder: partSchema.optional(),
    guide: partSchema,
    denoiser: partSchema,
  }),
});

/**
 * A base model to resume from. Its autoencoder, decoder and guide are trained further where they are
 * among the stages, and its denoiser afterwards.
 *
 * @throws UserError if the folder is not complete
 */
export async function loadFrame(
  folder: string,
  config: PretrainConfig,
  data: BaseData,
  shared: StageContext,
): Promise<Frame> {
  const stages = stagesOf(config);
  const { tokenizer, textEncoder, unet, ...loaded } = await loadStableDiffusion(folder);
  const before = await readJson(join(folder, "training.json"), trainingFileSchema);
  const { parts } = before;
  const guideBefore = await loadClip(join(folder, "guide"));
  const guide = guideStage(config, data, shared, guideBefore);
  const decoder = stages.includes("decoder")
    ? await trainDecoder(loaded.vae, config, data, shared)
    : undefined;
  const changed = config.autoencoder
    ? await readAutoencoder(config.autoencoder)
    : stages.includes("autoencoder")
    ? await furtherAutoencoder(loaded.vae, parts.autoencoder, config, data, shared)
    : undefined;
  const vae: Model<VaeConfig> = changed?.vae ?? {
    ...loaded.vae,
    params: { ...loaded.vae.params, ...decoder?.params },
  };
  await guide.train();
  const { newWeights, forgetTransforms } = config.denoiser;
  const forgetting = (params: Params): Params => {
    if (!forgetTransforms) return params;
    const random = createRandom(shared.seed).fork("transform words");
    return withNewVectors(params, transformTokens(tokenizer, data.drawings), random);
  };

  return {
    tokenizer,
    textConfig: textEncoder.config,
    vae,
    scalingFactor: vae.config.scaling_factor,
    guide: async () => await guide.trained() ?? await loadClip(join(folder, "guide")),
    async records() {
      const more = await guide.record();
      return {
        ...parts,
        ...changed && { autoencoder: changed.part, decoder: undefined },
        ...newWeights && { denoiser: undefined },
        ...decoder &&
          { decoder: parts.decoder ? together(parts.decoder, decoder.part) : decoder.part },
        ...more && { guide: together(parts.guide, more) },
      };
    },
    start: newWeights
      ? newDenoiser(config, guideBefore, shared.seed)
      : { unet: unet.params, textEncoder: forgetting(textEncoder.params) },
    autoencoder: changed,
    before,
  };
}

function newDenoiser({ denoiser }: PretrainConfig, guide: Clip, seed: number): DenoiserStart {
  const random = createRandom(seed).fork("denoiser");
  const names = Object.keys(clipTextSpecs(guide.config.text_config));
  return {
    unet: initParams(unetSpecs(denoiser.unet), random.fork("unet")),
    textEncoder: Object.fromEntries(names.map((name) => [name, tf.clone(guide.params[name])])),
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

/**
 * Trains the autoencoder and the guide, each if it is among the stages.
 *
 * @throws UserError if the denoiser is to be trained and there is no autoencoder yet
 */
export async function trainFrame(
  config: PretrainConfig,
  data: BaseData,
  shared: StageContext,
): Promise<Frame> {
  const { seed, vae, clip, denoiser } = config;
  const maxLength = clip.model.text_config.max_position_embeddings;
  const tokenizer = createVocabulary(data.emoji, config.vocabulary, maxLength);
  const clipConfig: ClipConfig = {
    ...clip.model,
    text_config: {
      ...clip.model.text_config,
      vocab_size: tokenizer.vocabSize,
      bos_token_id: tokenizer.bosId,
      eos_token_id: tokenizer.eosId,
      pad_token_id: tokenizer.padId,
    },
  };
  const { size } = data.emoji;

  const stages = stagesOf(config);
  const options: StageOptions = {
    ...shared,
    name: "autoencoder",
    config: vae,
    training: vae.training,
    specs: vaeSpecs(vae.model),
    task: () => autoencoderTask(config, data),
  };
  const autoencoder = stages.includes("autoencoder")
    ? await stage(options)
    : await finishedStage(options);
  if (!autoencoder && stages.includes("denoiser")) {
    throw new UserError({
      what: "the denoiser works on an autoencoder's latents, and none is trained yet",
      field: "stages",
      value: stages,
      remedy: "add autoencoder, or name a model that has one with --from",
    });
  }
  const guide = guideStage(config, data, shared, {
    config: clipConfig,
    params: initClip(clipConfig, createRandom(seed).fork("guide")),
    tokenizer,
    preprocessor: clipPreprocessorSchema.parse({ size, crop_size: size }),
  });
  await guide.train();

  const { steps } = vae.training;
  const random = createRandom(seed).fork("denoiser");
  return {
    tokenizer,
    textConfig: clipConfig.text_config,
    vae: autoencoder && { config: vae.model, params: autoencoder.params },
    guide: guide.trained,
    records: async () => ({
      autoencoder: autoencoder &&
        { steps, of: steps, loss: autoencoder.loss, seconds: autoencoder.seconds },
      guide: await guide.record(),
    }),
    start: {
      unet: initParams(unetSpecs(denoiser.unet), random.fork("unet")),
      textEncoder: initParams(clipTextSpecs(clipConfig.text_config), random.fork("text encoder")),
    },
  };
}
