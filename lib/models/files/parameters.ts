/** A network's parameters: initial values, and the layout of checkpoints. */
import type { Random } from "../../data/mod.ts";
import { sizeOf } from "../../internal/runtime/mod.ts";
import { readNumbers, type Tensor, tf } from "../../internal/tensor/mod.ts";
import { type Init, mergeAddedRows, type ParameterSpecs, type Params } from "../layers.ts";
import { mergeLora } from "../lora.ts";
import { type ArrayToWrite, writeSafetensors } from "./safetensors.ts";

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

function mapEntries<A, B>(
  record: Record<string, A>,
  fn: (name: string, value: A) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, fn(name, value)]));
}

// Convolutions are [out, in, kh, kw] in a checkpoint and [kh, kw, in, out] here; all else is alike.

const fromCheckpoint = [2, 3, 1, 0], toCheckpoint = [3, 2, 0, 1];

/** Which of the checkpoint's axes each axis here is; undefined where they are the same. */
export function axesInCheckpoint(rank: number): number[] | undefined {
  return rank === 4 ? fromCheckpoint : undefined;
}

function shapeInCheckpoint(shape: readonly number[]): number[] {
  return shape.length === 4 ? toCheckpoint.map((axis) => shape[axis]) : [...shape];
}

function fromCheckpointLayout(stored: Tensor): Tensor {
  return stored.rank === 4 ? tf.transpose(stored, fromCheckpoint) : stored;
}

function toCheckpointLayout(value: Tensor): Tensor {
  return value.rank === 4 ? tf.transpose(value, toCheckpoint) : value;
}

/**
 * Calls `use` with low-rank adapters and added words made part of the weights, for formats that have
 * no place for them.
 */
export async function withMergedParams(
  params: Params,
  use: (merged: Params) => Promise<void>,
): Promise<void> {
  const merged = mergeAddedRows(mergeLora(params));
  try {
    await use(merged);
  } finally {
    for (const [name, value] of Object.entries(merged)) {
      if (value !== params[name]) value.dispose();
    }
  }
}
