/** A model's parameters in a file, and new ones. */
import { UserError } from "../errors/mod.ts";
import type { Params } from "../nn/mod.ts";
import type { Random } from "../random/mod.ts";
import { filledTensor, type Tensor, tf } from "../tensorflow/mod.ts";
import type { Init, ParameterSpecs } from "./parameters.ts";
import {
  type NamedArray,
  openSafetensors,
  type SafetensorsFile,
  writeSafetensors,
} from "./safetensors.ts";
import type { TensorEntry } from "./safetensors_header.ts";

/** New parameters, as `specs` say. */
export function initParams(specs: ParameterSpecs, random: Random): Params {
  return mapEntries(specs, (name, { shape, init }) => {
    const draw = sampler(init, shape, random.fork(name));
    return tf.tidy(() =>
      fromCheckpointLayout(tf.tensor(Float32Array.from({ length: sizeOf(shape) }, draw), shape))
    );
  });
}

function sampler(init: Init, shape: number[], random: Random): () => number {
  if (init === "zeros") return () => 0;
  if (init === "ones") return () => 1;
  if (typeof init === "number") return () => init * random.normal();
  const bound = sizeOf(shape.slice(1)) ** -0.5;
  return () => bound * (2 * random.next() - 1);
}

/**
 * Reads the parameters that `specs` name, one after the other; others in the file are left.
 *
 * @throws UserError naming the file and the tensor that is missing or of another shape
 */
export async function loadParams(path: string, specs: ParameterSpecs): Promise<Params> {
  using file = await openSafetensors(path);
  const entries = withCurrentNames(file.entries);
  const places = mapEntries(specs, (name, { shape }) => {
    // Some text encoders are saved without their model's prefix.
    const entry = entries.get(name) ?? entries.get(name.replace(/^text_model\./, ""));
    if (!entry) throw misfit(path, name, "is missing");
    if (`${entry.shape}` !== `${shape}`) {
      throw misfit(path, name, `has the shape [${entry.shape}], not [${shape}]`);
    }
    return entry;
  });
  const params: Params = {};
  for (const [name, entry] of Object.entries(places)) {
    const stored = readParam(file, entry);
    params[name] = fromCheckpointLayout(stored);
    if (params[name] !== stored) stored.dispose();
  }
  return params;
}

function readParam(file: SafetensorsFile, entry: TensorEntry): Tensor {
  const { shape, dtype } = entry;
  if (dtype === "F32") return filledTensor(shape, (bytes) => file.readInto(entry, bytes));
  const { data } = file.read(entry);
  return tf.tensor(data instanceof Float32Array ? data : Float32Array.from(data), shape);
}

function misfit(file: string, name: string, what: string): UserError {
  return new UserError({
    what: `the tensor ${name} ${what}`,
    file,
    remedy: "use the weights that belong to the config.json beside them, or get both again",
  });
}

/** Old files of the autoencoder name its attention's layers otherwise, or store them as 1×1 convolutions. */
function withCurrentNames(entries: readonly TensorEntry[]): Map<string, TensorEntry> {
  const old: Record<string, string> = {
    query: "to_q",
    key: "to_k",
    value: "to_v",
    proj_attn: "to_out.0",
  };
  return new Map(entries.map((entry) => {
    const match = /^(.*\.mid_block\.attentions\.0)\.(query|key|value|proj_attn)\.(.*)$/.exec(
      entry.name,
    );
    if (!match) return [entry.name, entry];
    const shape = match[3] === "weight" ? entry.shape.slice(0, 2) : entry.shape;
    return [`${match[1]}.${old[match[2]]}.${match[3]}`, { ...entry, shape }];
  }));
}

/** Writes parameters under their names, in the checkpoint's layout, rounded to `dtype`. */
export async function saveParams(
  file: string,
  params: Params,
  { dtype }: { dtype: "F16" | "F32" },
): Promise<void> {
  await writeSafetensors(file, arraysOf(params, dtype));
}

/** Parameters as a file has them: in the checkpoint's layout, to be rounded to `dtype`. */
export function arraysOf(params: Params, dtype: "F16" | "F32"): Record<string, NamedArray> {
  return mapEntries(params, (_, value): NamedArray => {
    const stored = toCheckpointLayout(value);
    const data = stored.dataSync().slice() as Float32Array<ArrayBuffer>;
    if (stored !== value) stored.dispose();
    return { shape: [...stored.shape], dtype, data };
  });
}

/** Convolutions are [out, in, kh, kw] in a checkpoint and [kh, kw, in, out] here. */
function fromCheckpointLayout(stored: Tensor): Tensor {
  return stored.rank === 4 ? tf.transpose(stored, [2, 3, 1, 0]) : stored;
}

function toCheckpointLayout(value: Tensor): Tensor {
  return value.rank === 4 ? tf.transpose(value, [3, 2, 0, 1]) : value;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function mapEntries<A, B>(
  record: Record<string, A>,
  fn: (name: string, value: A) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, fn(name, value)]));
}
