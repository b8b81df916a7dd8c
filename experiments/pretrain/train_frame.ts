import { clipPreprocessorSchema } from "specialist/images/mod.ts";
import { initParams } from "specialist/models/checkpoint.ts";
import { type Clip, type ClipConfig, clipTextSpecs } from "specialist/models/clip/mod.ts";
import { unetSpecs } from "specialist/models/unet/mod.ts";
import { vaeSpecs } from "specialist/models/vae/mod.ts";
import { createRandom } from "specialist/random/mod.ts";
import { autoencoderTask } from "./autoencoder.ts";
import type { BaseData } from "./base_data.ts";
import { initClip } from "./clip.ts";
import { type ClipName, clipStages } from "./clip_stages.ts";
import type { PretrainConfig } from "./config.ts";
import type { Frame } from "./frame.ts";
import { stage, type StageContext } from "./stage.ts";
import { createVocabulary } from "./vocabulary.ts";

/** Trains the autoencoder, and those CLIPs that are among the stages. */
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
  const startOf = (name: ClipName): Clip => ({
    config: clipConfig,
    params: initClip(clipConfig, createRandom(seed).fork(name)),
    tokenizer,
    preprocessor: clipPreprocessorSchema.parse({ size, crop_size: size }),
  });

  const { params, loss, seconds } = await stage({
    ...shared,
    name: "autoencoder",
    config: vae,
    training: vae.training,
    specs: vaeSpecs(vae.model),
    task: () => autoencoderTask(config, data),
  });
  const clips = clipStages(config, data, shared, {
    guide: startOf("guide"),
    judge: startOf("judge"),
  });
  await clips.train();

  const { steps } = vae.training;
  const random = createRandom(seed).fork("denoiser");
  return {
    tokenizer,
    textConfig: clipConfig.text_config,
    vae: { config: vae.model, params },
    async clips() {
      const [guide, judge] = [await clips.trained("guide"), await clips.trained("judge")];
      return guide && judge && { guide, judge };
    },
    async records() {
      return {
        autoencoder: { steps, of: steps, loss, seconds },
        guide: await clips.record("guide"),
        judge: await clips.record("judge"),
      };
    },
    start: {
      unet: initParams(unetSpecs(denoiser.unet), random.fork("unet")),
      textEncoder: initParams(clipTextSpecs(clipConfig.text_config), random.fork("text encoder")),
    },
  };
}
