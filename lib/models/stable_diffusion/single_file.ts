/** Stable Diffusion 1 as one file, with the names of the original code. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { listOf, parseJson, recordOf, UserError } from "../../internal/runtime/mod.ts";
import { clipTextConfigSchema } from "../clip/config.ts";
import { clipTextSpecs } from "../clip/encoders.ts";
import { isPickled, loadParams, pickled } from "../files/load_params.ts";
import { storedParams, withMergedParams } from "../files/parameters.ts";
import { type ArrayToWrite, openSafetensors, writeSafetensors } from "../files/safetensors.ts";
import { type ParameterSpecs, type Params, prefixed, scoped } from "../layers.ts";
import { schedulerConfigSchema } from "../noise_schedule.ts";
import type { Merge } from "../tokenizer/bpe.ts";
import { clipVocabulary, createTokenizer, type Tokenizer } from "../tokenizer/clip_tokenizer.ts";
import { loadTokenizer } from "../tokenizer/files.ts";
import { type UnetConfig, unetConfigSchema } from "../unet/config.ts";
import { unetSpecs } from "../unet/unet.ts";
import { type VaeConfig, vaeConfigSchema, vaeSpecs } from "../vae.ts";
import {
  type Architecture,
  createStableDiffusion,
  type StableDiffusion,
  stableDiffusionV1,
} from "./stable_diffusion.ts";

const parts = ["textEncoder", "unet", "vae"] as const;

/**
 * Reads a whole model from a file. Its architecture is Stable Diffusion 1's unless the file says another,
 * as {@link saveSingleFile} writes it; then it holds the tokenizer too. Elsewhere the tokenizer is the one
 * in the folder `tokenizer` next to it, where there is one, and CLIP's.
 *
 * @throws UserError naming the file, and the tensor where one is missing or of another shape
 */
export async function loadSingleFile(
  path: string,
  given?: Architecture,
): Promise<StableDiffusion> {
  if (isPickled(path)) throw pickled(path);
  const own = await readOwnArchitecture(path);
  const architecture = given ?? own?.architecture ?? stableDiffusionV1;
  const names = singleFileNames(architecture);
  const { textEncoder, unet, vae, scheduler } = architecture;
  const load = (specs: ParameterSpecs, nameInFile: (name: string) => string): Promise<Params> =>
    loadParams(path, specs, (name) => [
      nameInFile(name),
      nameInFile(name.replace(/^text_model\./, "")),
    ]);
  return createStableDiffusion({
    tokenizer: own ? own.tokenizer : await tokenizerFor(path),
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
  [/^conditioner\.embedders\./, "Stable Diffusion XL, which is unsupported"],
  [/^lora_|\.lora_/, "low-rank adapters, not a model"],
];

/**
 * What a file says of an architecture that is not Stable Diffusion 1's own; undefined where it says nothing.
 *
 * @throws UserError where the file is another model, or what it says is damaged
 */
async function readOwnArchitecture(path: string): Promise<OwnArchitecture | undefined> {
  using file = await openSafetensors(path);
  const names = file.entries.map(({ name }) => name);
  const [, what] = others.find(([pattern]) => names.some((name) => pattern.test(name))) ?? [];
  if (what === undefined && names.some((name) => name.startsWith("model.diffusion_model."))) {
    const text = file.metadata[ownKey];
    return text === undefined ? undefined : parseOwn(text, path);
  }
  throw new UserError({
    what: `this is ${what ?? "a part of a model, or none"}`,
    file: path,
    remedy: "give a file with the whole of Stable Diffusion 1, or a folder as diffusers saves it",
  });
}

/** In the file's metadata. */
const ownKey = "specialist.model";

const ownSchema = z.strictObject({
  textEncoder: clipTextConfigSchema,
  unet: unetConfigSchema,
  vae: vaeConfigSchema,
  scheduler: schedulerConfigSchema,
  tokenizer: z.strictObject({
    vocab: recordOf(z.int().min(0)),
    merges: listOf<Merge>(z.tuple([z.string(), z.string()])),
    maxLength: z.int().min(3),
    padToken: z.string().min(1),
    addedTokens: recordOf(z.int().min(0)),
  }),
});

type OwnArchitecture = { architecture: Architecture; tokenizer: Tokenizer };

function parseOwn(text: string, path: string): OwnArchitecture {
  try {
    const { tokenizer, ...architecture } = ownSchema.parse(parseJson(text));
    return { architecture, tokenizer: createTokenizer(tokenizer) };
  } catch (cause) {
    throw new UserError({
      what: `what it says of the model is damaged: ${(cause as Error).message.split("\n")[0]}`,
      file: path,
      field: ownKey,
      remedy: "export the model again",
    }, { cause });
  }
}

/** What other programs need not be told: nothing where the architecture is Stable Diffusion 1's. */
function ownMetadata(
  { textEncoder, unet, vae, scheduler, tokenizer: { data } }: StableDiffusion,
): Record<string, string> {
  const shapes = (configs: Omit<Architecture, "scheduler">) => JSON.stringify(specsOf(configs));
  const configs = { textEncoder: textEncoder.config, unet: unet.config, vae: vae.config };
  if (shapes(configs) === shapes(stableDiffusionV1)) return {};
  return { [ownKey]: JSON.stringify({ ...configs, scheduler, tokenizer: data }) };
}

const specsOf = ({ textEncoder, unet, vae }: Omit<Architecture, "scheduler">) => [
  clipTextSpecs(textEncoder),
  unetSpecs(unet),
  vaeSpecs(vae),
];

/**
 * Writes a model as {@link loadSingleFile} reads it. Where its networks have not Stable Diffusion 1's
 * shapes, the file says which ones they have, and holds the tokenizer, for this project alone.
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
    await writeSafetensors(path, arrays, ownMetadata(model));
  });
}

// What the tensors are called in one file with the whole model, as the original code saves it (Rombach
// et al. 2022, github.com/CompVis/latent-diffusion). It numbers the U-Net's blocks through, and the
// decoder's levels from the widest images' on.

/** A part of a name, and what takes its place: `$1` or the function's result. */
type Rule = [part: RegExp, inFile: string | ((match: string, ...groups: string[]) => string)];

/** From a parameter's name to its name in the file, for each network. */
type SingleFileNames = Record<"unet" | "vae" | "textEncoder", (name: string) => string>;

export function singleFileNames({ unet, vae }: Architecture): SingleFileNames {
  return {
    unet: renaming("model.diffusion_model.", unetRules(unet)),
    vae: renaming("first_stage_model.", vaeRules(vae)),
    textEncoder: renaming("cond_stage_model.transformer.", []),
  };
}

function renaming(prefix: string, rules: Rule[]): (name: string) => string {
  return (name) =>
    prefix + rules.reduce((name, [part, inFile]) => name.replace(part, inFile as string), name);
}

function unetRules({ layers_per_block: layers, up_block_types }: UnetConfig): Rule[] {
  /** The blocks before a level: its residual ones, and one more that halves or doubles. */
  const before = (level: string) => Number(level) * (layers + 1);
  const upsampler = (level: string) => up_block_types[Number(level)] === "UpBlock2D" ? 1 : 2;
  return [
    [/(resnets\.\d+)\.norm1/, "$1.in_layers.0"],
    [/(resnets\.\d+)\.conv1/, "$1.in_layers.2"],
    [/(resnets\.\d+)\.time_emb_proj/, "$1.emb_layers.1"],
    [/(resnets\.\d+)\.norm2/, "$1.out_layers.0"],
    [/(resnets\.\d+)\.conv2/, "$1.out_layers.3"],
    [/(resnets\.\d+)\.conv_shortcut/, "$1.skip_connection"],
    [/^time_embedding\.linear_1/, "time_embed.0"],
    [/^time_embedding\.linear_2/, "time_embed.2"],
    [/^conv_in/, "input_blocks.0.0"],
    [
      /^down_blocks\.(\d+)\.(resnets|attentions)\.(\d+)/,
      (_, level, kind, i) =>
        `input_blocks.${1 + before(level) + Number(i)}.${kind === "resnets" ? 0 : 1}`,
    ],
    [
      /^down_blocks\.(\d+)\.downsamplers\.0\.conv/,
      (_, level) => `input_blocks.${before(level) + layers + 1}.0.op`,
    ],
    [/^mid_block\.resnets\.(\d+)/, (_, i) => `middle_block.${2 * Number(i)}`],
    [/^mid_block\.attentions\.0/, "middle_block.1"],
    [
      /^up_blocks\.(\d+)\.(resnets|attentions)\.(\d+)/,
      (_, level, kind, i) =>
        `output_blocks.${before(level) + Number(i)}.${kind === "resnets" ? 0 : 1}`,
    ],
    [
      /^up_blocks\.(\d+)\.upsamplers\.0/,
      (_, level) => `output_blocks.${before(level) + layers}.${upsampler(level)}`,
    ],
    [/^conv_norm_out/, "out.0"],
    [/^conv_out/, "out.2"],
  ];
}

function vaeRules({ block_out_channels: { length: levels } }: VaeConfig): Rule[] {
  const mirrored = (level: string) => levels - 1 - Number(level);
  return [
    [/conv_norm_out/, "norm_out"],
    [/conv_shortcut/, "nin_shortcut"],
    [/group_norm/, "norm"],
    [/to_([qkv])/, "$1"],
    [/to_out\.0/, "proj_out"],
    [/mid_block\.attentions\.0/, "mid.attn_1"],
    [/mid_block\.resnets\.(\d+)/, (_, i) => `mid.block_${Number(i) + 1}`],
    [/down_blocks\.(\d+)\.resnets/, "down.$1.block"],
    [/down_blocks\.(\d+)\.downsamplers\.0/, "down.$1.downsample"],
    [/up_blocks\.(\d+)\.resnets/, (_, level) => `up.${mirrored(level)}.block`],
    [/up_blocks\.(\d+)\.upsamplers\.0/, (_, level) => `up.${mirrored(level)}.upsample`],
  ];
}
