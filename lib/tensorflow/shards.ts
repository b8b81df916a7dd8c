/**
 * A batch's shares: the parts that are computed side by side, each by threads of its own.
 *
 * The usual way shares out each op among all threads, who wait for each other at its end. In a small
 * network an op takes less time than that. Where a batch has several samples, every thread does
 * better with some of them from the first op to the last.
 */
import type { Tensor } from "@tensorflow/tfjs";
import { tensorFlow, tfjs as tf } from "./backend.ts";

/**
 * What `fn` makes of a batch, in as many shares as the backend works on at a time. `fn` has to treat
 * each sample by itself.
 *
 * @param batched tensors [n, ...], which `fn` is given a share of each
 * @returns the shares' results, one after the other: [n, ...]
 */
export function inShards(fn: (...shares: Tensor[]) => Tensor, ...batched: Tensor[]): Tensor {
  const n = batched[0].shape[0];
  const shards = Math.min(tensorFlow()?.binding.runtime.shards ?? 1, n);
  if (shards === 1) return fn(...batched);
  const sizes = Array.from(
    { length: shards },
    (_, i) => Math.floor(n * (i + 1) / shards) - Math.floor(n * i / shards),
  );
  const shares = batched.map((x) => tf.split(x, sizes, 0));
  return tf.concat(sizes.map((_, i) => fn(...shares.map((share) => share[i]))), 0);
}
