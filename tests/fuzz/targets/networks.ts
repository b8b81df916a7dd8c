/** Targets: configurations of networks and samplers. */
import { join } from "node:path";
import {
  clipPreprocess,
  clipPreprocessorSchema,
  plainImage,
  readClipPreprocessor,
} from "specialist/data";
import { createScheduler } from "specialist/diffusion";
import { UserError } from "specialist/internal/runtime/mod.ts";
import {
  clipConfigSchema,
  clipSpecs,
  clipTextConfigSchema,
  clipTextSpecs,
  createNoiseSchedule,
  readSchedulerConfig,
  stableDiffusionV1,
  stableDiffusionV1Scheduler,
  unetConfigSchema,
  unetSpecs,
  vaeConfigSchema,
  vaeSpecs,
} from "specialist/models";
import { clipConfig, textConfig, unetConfig, vaeConfig } from "../small_networks.ts";
import { defineTarget, jsonFile, networkConfigTarget, requireThat, textFile } from "../target.ts";

export const unetConfigTarget = networkConfigTarget("U-Net configurations", {
  schema: unetConfigSchema,
  seeds: [
    { _class_name: "UNet2DConditionModel", ...stableDiffusionV1.unet },
    { ...unetConfig, attention_head_dim: [2, 2], mid_block_scale_factor: 1 },
  ],
  specs: unetSpecs,
  check({ block_out_channels: widths, attention_head_dim: heads, norm_num_groups: groups }) {
    for (const [level, width] of widths.entries()) {
      const count = Array.isArray(heads) ? heads[level] : heads;
      requireThat(width % count === 0, `${width} channels have ${count} heads`);
      requireThat(width % groups === 0, `${width} channels have ${groups} groups`);
    }
  },
});

export const vaeConfigTarget = networkConfigTarget("autoencoder configurations", {
  schema: vaeConfigSchema,
  seeds: [
    { _class_name: "AutoencoderKL", force_upcast: true, ...stableDiffusionV1.vae },
    { ...vaeConfig, down_block_types: ["DownEncoderBlock2D", "DownEncoderBlock2D"] },
  ],
  specs: vaeSpecs,
  check({ block_out_channels: widths, norm_num_groups: groups }) {
    for (const width of widths) {
      requireThat(width % groups === 0, `${width} channels have ${groups} groups`);
    }
  },
});

export const textConfigTarget = networkConfigTarget("text encoder configurations", {
  schema: clipTextConfigSchema,
  seeds: [
    { architectures: ["CLIPTextModel"], ...stableDiffusionV1.textEncoder },
    { ...textConfig, hidden_act: "gelu", model_type: "clip_text_model" },
  ],
  specs: clipTextSpecs,
  check({ hidden_size: width, num_attention_heads: heads }) {
    requireThat(width % heads === 0, `a width of ${width} has ${heads} heads`);
  },
});

export const clipConfigTarget = networkConfigTarget("CLIP configurations", {
  schema: clipConfigSchema,
  seeds: [
    { architectures: ["CLIPModel"], model_type: "clip", ...clipConfig },
    { ...clipConfig, logit_scale_init_value: 2.5, _note: "ours" },
  ],
  specs: clipSpecs,
  check({ text_config, vision_config }) {
    for (const { hidden_size: width, num_attention_heads: heads } of [text_config, vision_config]) {
      requireThat(width % heads === 0, `a width of ${width} has ${heads} heads`);
    }
  },
});

const file = "preprocessor_config.json";
const image = plainImage(9, 7);

export const preprocessorConfigTarget = defineTarget({
  title: "CLIP preprocessor configurations",
  seeds: () =>
    Promise.resolve([
      { [file]: jsonFile(clipPreprocessorSchema.parse({ size: 16, crop_size: 16 })) },
      { [file]: jsonFile({ size: 8, crop_size: { height: 8, width: 8 }, do_convert_rgb: true }) },
    ]),
  read: (folder) => readClipPreprocessor(join(folder, file)),
  check(preprocessor) {
    // Large images take long, and mean nothing here.
    if (preprocessor.size.shortest_edge > 64) return;
    const pixels = clipPreprocess(image, preprocessor);
    const { height, width } = preprocessor.crop_size;
    requireThat(pixels.length === height * width * 3, `it makes ${pixels.length} numbers`);
    requireThat(pixels.every(Number.isFinite), "it makes numbers that are none");
  },
});

const schedulerFile = "scheduler_config.json";
const euler = {
  _class_name: "EulerDiscreteScheduler",
  sigma_min: -1,
  interpolation_type: "linear",
};

export const schedulerConfigTarget = defineTarget({
  title: "scheduler configurations",
  seeds: () =>
    Promise.resolve([
      { [schedulerFile]: jsonFile(stableDiffusionV1Scheduler) },
      {
        [schedulerFile]: jsonFile({
          ...stableDiffusionV1Scheduler,
          ...euler,
          timestep_spacing: "linspace",
        }),
      },
      {
        [schedulerFile]: textFile(
          JSON.stringify(stableDiffusionV1Scheduler).replace("{", '{"sigma_max": Infinity,'),
        ),
      },
    ]),
  read: (folder) => readSchedulerConfig(join(folder, schedulerFile)),
  check(config) {
    const { alphasCumprod } = createNoiseSchedule(config);
    requireThat(alphasCumprod.every((alpha) => alpha > 0 && alpha < 1), "its noise has no end");
    try {
      const { timesteps, initNoiseSigma } = createScheduler(config, 2);
      const last = config.num_train_timesteps - 1;
      requireThat(timesteps.every((t) => t >= 0 && t <= last), `its timesteps are ${timesteps}`);
      requireThat(Number.isFinite(initNoiseSigma), `its noise is ${initNoiseSigma}`);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  },
});
