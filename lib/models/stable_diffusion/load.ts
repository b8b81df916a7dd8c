/** Stable Diffusion from a folder in diffusers' format, or a single file. */
import { join } from "node:path";
import type { z } from "zod";
import { readJson, UserError, writeAtomically } from "../../internal/runtime/mod.ts";
import { clipTextConfigSchema } from "../clip/config.ts";
import { clipTextSpecs } from "../clip/encoders.ts";
import { saveFolder, transformersConfig } from "../files/config.ts";
import { loadParams, weightsFiles } from "../files/load_params.ts";
import { saveParams, withMergedParams } from "../files/parameters.ts";
import type { ParameterSpecs } from "../layers.ts";
import { readSchedulerConfig } from "../noise_schedule.ts";
import { loadTokenizer, saveTokenizer } from "../tokenizer/files.ts";
import { unetConfigSchema } from "../unet/config.ts";
import { unetSpecs } from "../unet/unet.ts";
import { type VaeConfig, vaeConfigSchema, vaeSpecs } from "../vae.ts";
import { loadSingleFile } from "./single_file.ts";
import {
  createStableDiffusion,
  type Model,
  type StableDiffusion,
  type StableDiffusionParts,
} from "./stable_diffusion.ts";

/**
 * Reads a model: a folder that diffusers or this project saved, or a single file with the names of
 * the original code. Its weights are read when they are first needed.
 *
 * ```ts
 * const model = await loadStableDiffusion("data/models/emoji-base");
 * const other = await loadStableDiffusion("v1-5-pruned-emaonly.safetensors");
 * ```
 *
 * @throws UserError naming the file, and the field or tensor, that is missing or does not fit
 */
export async function loadStableDiffusion(path: string): Promise<StableDiffusion> {
  return await isFile(path) ? loadSingleFile(path) : loadFolder(path);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new UserError({
      what: "unknown model",
      file: path,
      remedy: "check the path; a model on the Hub is called owner/name",
    }, { cause });
  }
}

// Stable Diffusion as a folder, laid out as diffusers does.

const diffusersWeights = "diffusion_pytorch_model";

/**
 * Reads a model that diffusers or this project saved.
 *
 * @throws UserError naming the file, and the field or tensor, that is missing or does not fit
 */
async function loadFolder(folder: string): Promise<StableDiffusion> {
  const tokenizer = await loadTokenizer(join(folder, "tokenizer"));
  const scheduler = await readSchedulerConfig(join(folder, "scheduler", "scheduler_config.json"));
  const load = <C>(
    part: string,
    schema: z.ZodType<C>,
    specs: (config: C) => ParameterSpecs,
    weights: string,
  ) => loadModel(join(folder, part), schema, specs, weights);
  return createStableDiffusion({
    tokenizer,
    scheduler,
    textEncoder: await load("text_encoder", clipTextConfigSchema, clipTextSpecs, "model"),
    unet: await load("unet", unetConfigSchema, unetSpecs, diffusersWeights),
    vae: await loadVae(join(folder, "vae")),
  });
}

/**
 * Reads an autoencoder's folder, such as a model's `vae/`.
 *
 * @throws UserError naming the file, and the field or tensor, that is missing or does not fit
 */
export function loadVae(folder: string): Promise<Model<VaeConfig>> {
  return loadModel(folder, vaeConfigSchema, vaeSpecs, diffusersWeights);
}

async function loadModel<C>(
  folder: string,
  schema: z.ZodType<C>,
  specs: (config: C) => ParameterSpecs,
  weights: string,
): Promise<Model<C>> {
  const config = await readJson(join(folder, "config.json"), schema);
  return { config, params: await loadParams(await weightsFiles(folder, weights), specs(config)) };
}

/**
 * Writes a model so that diffusers and this project can read it; all of it, or nothing.
 *
 * @throws UserError if the folder holds other things too
 */
export async function saveStableDiffusion(
  folder: string,
  model: StableDiffusionParts,
  { dtype }: { dtype: "F16" | "F32" },
): Promise<void> {
  await saveFolder(folder, (fresh) => writeStableDiffusion(fresh, model, { dtype }));
}

/** Writes a model's files into a folder that may hold others. */
export async function writeStableDiffusion(
  folder: string,
  { tokenizer, scheduler, textEncoder, unet, vae }: StableDiffusionParts,
  { dtype }: { dtype: "F16" | "F32" },
): Promise<void> {
  const part = async (name: string, config: object, weights?: string, params?: Model<object>) => {
    const path = join(folder, name);
    if (params) return await writePart(path, { config, params: params.params }, weights!, dtype);
    await Deno.mkdir(path, { recursive: true });
    await writeAtomically(join(path, "scheduler_config.json"), transformersConfig(config));
  };
  await saveTokenizer(tokenizer, join(folder, "tokenizer"));
  await part("scheduler", scheduler);
  const textConfig = {
    architectures: ["CLIPTextModel"],
    model_type: "clip_text_model",
    ...textEncoder.config,
  };
  await part("text_encoder", textConfig, "model", textEncoder);
  const unetConfig = { _class_name: "UNet2DConditionModel", ...unet.config };
  await part("unet", unetConfig, diffusersWeights, unet);
  await writeVae(join(folder, "vae"), vae, { dtype });
  const index = {
    _class_name: "StableDiffusionPipeline",
    _diffusers_version: "0.42.1",
    feature_extractor: [null, null],
    image_encoder: [null, null],
    requires_safety_checker: false,
    safety_checker: [null, null],
    scheduler: ["diffusers", scheduler._class_name],
    text_encoder: ["transformers", "CLIPTextModel"],
    tokenizer: ["transformers", "CLIPTokenizer"],
    unet: ["diffusers", "UNet2DConditionModel"],
    vae: ["diffusers", "AutoencoderKL"],
  };
  await writeAtomically(join(folder, "model_index.json"), JSON.stringify(index, null, 2));
}

/** Writes an autoencoder's configuration and weights into a folder that may hold other files. */
export async function writeVae(
  folder: string,
  { config, params }: Model<VaeConfig>,
  { dtype }: { dtype: "F16" | "F32" },
): Promise<void> {
  const levels = config.block_out_channels.length;
  const diffusersConfig = {
    _class_name: "AutoencoderKL",
    down_block_types: Array(levels).fill("DownEncoderBlock2D"),
    up_block_types: Array(levels).fill("UpDecoderBlock2D"),
    ...config,
  };
  await writePart(folder, { config: diffusersConfig, params }, diffusersWeights, dtype);
}

async function writePart(
  folder: string,
  { config, params }: Model<object>,
  weights: string,
  dtype: "F16" | "F32",
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await writeAtomically(join(folder, "config.json"), transformersConfig(config));
  await withMergedParams(
    params,
    (merged) => saveParams(join(folder, `${weights}.safetensors`), merged, { dtype }),
  );
}
