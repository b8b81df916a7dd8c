/** Convolutions are [out, in, kh, kw] in a checkpoint and [kh, kw, in, out] here; all else is alike. */
import { type Tensor, tf } from "../tensorflow/mod.ts";

/** The places in the checkpoint's layout of a parameter's axes here; undefined where all are alike. */
export function axesInCheckpoint(rank: number): number[] | undefined {
  return rank === 4 ? [2, 3, 1, 0] : undefined;
}

export function fromCheckpointLayout(stored: Tensor): Tensor {
  const axes = axesInCheckpoint(stored.rank);
  return axes ? tf.transpose(stored, axes) : stored;
}

export function toCheckpointLayout(value: Tensor): Tensor {
  return value.rank === 4 ? tf.transpose(value, [3, 2, 0, 1]) : value;
}
