/** Parameters from weights files, single or in shards. */
import { basename, join } from "node:path";
import { z } from "zod";
import { namesIn, readJson, recordOf, UserError } from "../../internal/runtime/mod.ts";
import { type StoredNumbers, storedTensor } from "../../internal/tensor/mod.ts";
import type { ParameterSpecs, Params } from "../layers.ts";
import { axesInCheckpoint } from "./parameters.ts";
import { openSafetensors, type SafetensorsFile } from "./safetensors.ts";
import type { TensorEntry } from "./safetensors_header.ts";

/** A tensor in an open file. */
type Place = { file: SafetensorsFile; path: string; entry: TensorEntry };

const types: Record<string, StoredNumbers["type"]> = {
  F64: "float64",
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
};

/**
 * The parameters that `specs` name; others in the files are ignored. Names, shapes and types are
 * checked now. The numbers are read tensor by tensor, and on TensorFlow each when it is first
 * needed; until then the files stay open.
 *
 * @param paths safetensors files that have the parameters between them
 * @param storedNames what a parameter may be called in the files
 * @throws UserError naming the file and the tensor that is missing, or of another shape or type, or,
 *   when it is read, has a number that is not finite
 */
export async function loadParams(
  paths: string | readonly string[],
  specs: ParameterSpecs,
  storedNames: (name: string) => string[] = diffusersNames,
): Promise<Params> {
  const files: { file: SafetensorsFile; path: string }[] = [];
  try {
    for (const path of [paths].flat()) files.push({ path, file: await openSafetensors(path) });
    const stored = new Map(
      files.flatMap(({ file, path }) =>
        file.entries.map((entry): [string, Place] => [entry.name, { file, path, entry }])
      ),
    );
    const places = Object.entries(specs).map(([name, { shape }]): [string, Place] => {
      const known = storedNames(name).find((alias) => stored.has(alias));
      if (known === undefined) throw misfit(files[0].path, name, "is missing");
      return [name, fitted(stored.get(known)!, name, shape)];
    });
    return tensorsAt(places, files.map(({ file }) => file));
  } catch (error) {
    for (const { file } of files) file[Symbol.dispose]();
    throw error;
  }
}

/** The place with the shape that a parameter is to have. */
function fitted(place: Place, name: string, shape: number[]): Place {
  const { path, entry } = place;
  // Some files store a linear layer as a 1×1 convolution.
  const found = shape.length === 2 && entry.shape.slice(2).every((size) => size === 1)
    ? entry.shape.slice(0, 2)
    : entry.shape;
  if (`${found}` !== `${shape}`) {
    throw misfit(path, name, `has the shape [${entry.shape}], not [${shape}]`);
  }
  if (!(entry.dtype in types)) {
    throw misfit(path, name, `has numbers of type ${entry.dtype}, not floating-point ones`);
  }
  return { ...place, entry: { ...entry, shape } };
}

/** Tensors of stored numbers. Each file is closed when the last one of it is read. */
function tensorsAt(places: [string, Place][], files: SafetensorsFile[]): Params {
  const waiting = new Map(files.map((file) => [file, 0]));
  for (const [, { file }] of places) waiting.set(file, waiting.get(file)! + 1);
  for (const [file, count] of waiting) if (count === 0) file[Symbol.dispose]();

  return Object.fromEntries(places.map(([name, { file, entry }]) => [
    name,
    storedTensor({
      shape: entry.shape,
      type: types[entry.dtype],
      axes: axesInCheckpoint(entry.shape.length),
      fill: (bytes, offset) => file.readInto(entry, bytes, offset),
      values: () => Float32Array.from(file.readWeights(entry).data),
      done() {
        waiting.set(file, waiting.get(file)! - 1);
        if (waiting.get(file) === 0) file[Symbol.dispose]();
      },
    }),
  ]));
}

/**
 * What diffusers and transformers call a parameter: as we do, but for text encoders that are saved
 * without their model's prefix, and old files' attention in the autoencoder.
 */
function diffusersNames(name: string): string[] {
  const old: Record<string, string> = {
    to_q: "query",
    to_k: "key",
    to_v: "value",
    "to_out.0": "proj_attn",
  };
  return [
    name,
    name.replace(/^text_model\./, ""),
    name.replace(
      /^((?:en|de)coder\.mid_block\.attentions\.0)\.(to_[qkv]|to_out\.0)\./,
      (_, block, layer) => `${block}.${old[layer]}.`,
    ),
  ];
}

function misfit(file: string, name: string, what: string): UserError {
  return new UserError({
    what: `the tensor ${name} ${what}`,
    file,
    remedy: "use the weights that belong to the config.json next to them, or get both again",
  });
}

const shard = z.string().refine(
  (name) => name === basename(name) && name.endsWith(".safetensors"),
  "must name a .safetensors file in the same folder",
);
const indexSchema = z.looseObject({
  weight_map: recordOf(shard).refine((map) => Object.keys(map).length > 0, "names no weights"),
});

/**
 * The files of weights in a model's folder: `${name}.safetensors`, the shards that its index names, or
 * the half-precision variant of either.
 *
 * @throws UserError if there are none
 */
export async function weightsFiles(folder: string, name: string): Promise<string[]> {
  const names = await namesIn(folder);
  for (const variant of ["", ".fp16"]) {
    const whole = `${name}${variant}.safetensors`;
    if (names.has(whole)) return [join(folder, whole)];
    const index = `${name}.safetensors.index${variant}.json`;
    if (!names.has(index)) continue;
    const { weight_map } = await readJson(join(folder, index), indexSchema);
    return [...new Set(Object.values(weight_map))].map((shard) => join(folder, shard));
  }
  if ([...names].some(isPickled)) throw pickled(folder);
  throw new UserError({
    what: `there is no ${name}.safetensors`,
    file: folder,
    remedy: "give a folder saved by diffusers or by this project, with all its files",
  });
}

/** Whether a file is called as PyTorch's own checkpoints are. */
export function isPickled(name: string): boolean {
  return /\.(bin|ckpt|pt|pth)(\.index\.json)?$/.test(name);
}

export function pickled(file: string): UserError {
  return new UserError({
    what: "the weights are pickled (.bin, .ckpt), which can run code when they are read",
    file,
    remedy: "get the model in safetensors format, or convert it where you trust it",
  });
}
