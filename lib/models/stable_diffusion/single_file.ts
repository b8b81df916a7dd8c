/** Stable Diffusion 1 as one file, with the names of the original code. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../../errors/mod.ts";
import { type Params, prefixed, scoped } from "../../nn/mod.ts";
import { storedParams } from "../checkpoint.ts";
import { clipTextSpecs } from "../clip/mod.ts";
import { clipVocabulary } from "../clip_vocabulary.ts";
import { loadParams } from "../load_params.ts";
import type { ParameterSpecs } from "../parameters.ts";
import { withMergedParams } from "../merged_params.ts";
import { type ArrayToWrite, openSafetensors, writeSafetensors } from "../safetensors.ts";
import { createTokenizer, loadTokenizer, type Tokenizer } from "../tokenizer.ts";
import { unetSpecs } from "../unet/mod.ts";
import { vaeSpecs } from "../vae/mod.ts";
import { isPickled, pickled } from "../weights_files.ts";
import { singleFileNames } from "./single_file_names.ts";
import {
  type Architecture,
  createStableDiffusion,
  type StableDiffusion,
} from "./stable_diffusion.ts";
import { stableDiffusionV1 } from "./v1.ts";

const parts = ["textEncoder", "unet", "vae"] as const;

/**
 * Reads a whole model from a file. The tokenizer is the one in the folder `tokenizer` beside it, where
 * there is one, and CLIP's elsewhere.
 *
 * @throws UserError naming the file, and the tensor where one is missing or of another shape
 */
export async function loadSingleFile(
  path: string,
  architecture: Architecture = stableDiffusionV1,
): Promise<StableDiffusion> {
  if (isPickled(path)) throw pickled(path);
  await requireStableDiffusion1(path);
  const names = singleFileNames(architecture);
  const { textEncoder, unet, vae, scheduler } = architecture;
  const load = (specs: ParameterSpecs, nameInFile: (name: string) => string): Promise<Params> =>
    loadParams(path, specs, (name) => [
      nameInFile(name),
      nameInFile(name.replace(/^text_model\./, "")),
    ]);
  return createStableDiffusion({
    tokenizer: await tokenizerFor(path),
    scheduler,
    textEncoder: {
      config: textEncoder,
      params: await load(clipTextSpecs(textEncoder), names.textEncoder),
    },
    unet: { config: unet, params: await load(unetSpecs(unet), names.unet) },
    vae: { config: vae, params: await load(vaeSpecs(vae), names.vae) },
  });
}

async function tokenizerFor(path: string): Promise<Tokenizer> {
  const folder = join(dirname(path), "tokenizer");
  return existsSync(folder) ? await loadTokenizer(folder) : createTokenizer(await clipVocabulary());
}

/** Tensors that tell what else a file may be. */
const others: [name: RegExp, what: string][] = [
  [
    /^cond_stage_model\.model\./,
    "Stable Diffusion 2, and does not say what it was trained to predict",
  ],
  [/^conditioner\.embedders\./, "Stable Diffusion XL, which this library does not have"],
  [/^lora_|\.lora_/, "low-rank adapters, not a model"],
];

async function requireStableDiffusion1(path: string): Promise<void> {
  using file = await openSafetensors(path);
  const names = file.entries.map(({ name }) => name);
  const [, what] = others.find(([pattern]) => names.some((name) => pattern.test(name))) ?? [];
  if (what === undefined && names.some((name) => name.startsWith("model.diffusion_model."))) return;
  throw new UserError({
    what: `this is ${what ?? "a part of a model, or none"}`,
    file: path,
    remedy: "give a file with the whole of Stable Diffusion 1, or a folder as diffusers saves it",
  });
}

/**
 * Writes a model as {@link loadSingleFile} reads it. The tokenizer has no place in the file.
 *
 * @throws Error naming the file and the tensor that cannot be written
 */
export async function saveSingleFile(
  path: string,
  model: StableDiffusion,
  { dtype }: { dtype: "F16" | "F32" },
): Promise<void> {
  const { textEncoder, unet, vae, scheduler } = model;
  const names = singleFileNames({
    textEncoder: textEncoder.config,
    unet: unet.config,
    vae: vae.config,
    scheduler,
  });
  const all = Object.assign({}, ...parts.map((part) => prefixed(model[part].params, part)));
  await withMergedParams(all, async (merged) => {
    const arrays: Record<string, ArrayToWrite> = {};
    for (const part of parts) {
      for (const [name, array] of Object.entries(storedParams(scoped(merged, part), dtype))) {
        // The original autoencoder has convolutions only.
        const isLinear = part === "vae" && array.shape.length === 2;
        const shape = isLinear ? [...array.shape, 1, 1] : array.shape;
        arrays[names[part](name)] = { ...array, shape };
      }
    }
    await writeSafetensors(path, arrays);
  });
}
