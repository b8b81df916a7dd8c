/** Convolutions are [out, in, kh, kw] in a checkpoint and [kh, kw, in, out] here; all else is alike. */
import { type Tensor, tf } from "../tensorflow/mod.ts";

const fromCheckpoint = [2, 3, 1, 0], toCheckpoint = [3, 2, 0, 1];

/** Which of the checkpoint's axes each axis here is; undefined where they are the same. */
export function axesInCheckpoint(rank: number): number[] | undefined {
  return rank === 4 ? fromCheckpoint : undefined;
}

export function shapeInCheckpoint(shape: readonly number[]): number[] {
  return shape.length === 4 ? toCheckpoint.map((axis) => shape[axis]) : [...shape];
}

export function fromCheckpointLayout(stored: Tensor): Tensor {
  return stored.rank === 4 ? tf.transpose(stored, fromCheckpoint) : stored;
}

export function toCheckpointLayout(value: Tensor): Tensor {
  return value.rank === 4 ? tf.transpose(value, toCheckpoint) : value;
}
