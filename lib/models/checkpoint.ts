/** A model's parameters in files, and new ones. */
import type { Params } from "../nn/mod.ts";
import type { Random } from "../random/mod.ts";
import { readNumbers, tf } from "../tensorflow/mod.ts";
import { fromCheckpointLayout, shapeInCheckpoint, toCheckpointLayout } from "./layout.ts";
import type { Init, ParameterSpecs } from "./parameters.ts";
import { type ArrayToWrite, writeSafetensors } from "./safetensors.ts";

export { loadParams } from "./load_params.ts";

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

/** Writes parameters under their names, in the checkpoint's layout, rounded to `dtype`. */
export async function saveParams(
  file: string,
  params: Params,
  { dtype }: { dtype: "F16" | "F32" },
): Promise<void> {
  await writeSafetensors(file, storedParams(params, dtype));
}

/** Parameters in the checkpoint's layout, each read from the backend when it is written. */
export function storedParams(
  params: Params,
  dtype: "F16" | "F32",
): Record<string, ArrayToWrite> {
  return mapEntries(params, (_, value) => ({
    shape: shapeInCheckpoint(value.shape),
    dtype,
    fill: (numbers) => readNumbers(() => toCheckpointLayout(value), numbers),
  }));
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
