/**
 * Gradient checkpointing (Chen et al. 2016, "Training deep nets with sublinear memory cost"): only a
 * block's inputs are kept for the backward pass, which computes the block again when it comes to it.
 */
import { afterwards, type Tensor, tf } from "../internal/tensor/mod.ts";
import type { Params } from "./layers.ts";

let active = false;

/** Runs `body` with its {@link checkpointed} blocks as such, or as if they were not. */
export function withGradientCheckpointing<T>(on: boolean, body: () => T): T {
  const previous = active;
  active = on;
  try {
    return body();
  } finally {
    active = previous;
  }
}

/**
 * A block's value; inside {@link withGradientCheckpointing} its gradient computes the block again.
 *
 * @param name what the names of all the block's parameters start with
 * @param block must be told of every tensor that may have a gradient by its arguments
 */
export function checkpointed(
  params: Params,
  name: string,
  block: (params: Params, ...inputs: Tensor[]) => Tensor,
  inputs: Tensor[],
): Tensor {
  if (!active) return block(params, ...inputs);
  const names = Object.keys(params).filter((key) => key.startsWith(`${name}.`));
  const compute = (...tensors: Tensor[]) =>
    block(
      Object.fromEntries(names.map((name, i) => [name, tensors[i]])),
      ...tensors.slice(names.length),
    );
  return tf.customGrad((...args) => {
    const save = args.pop() as unknown as (saved: Tensor[]) => void;
    const tensors = args as Tensor[];
    save(tensors);
    return {
      value: compute(...tensors),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        // Else a graph would compute the block early, or take what the forward pass has computed.
        const late = saved.map((tensor, i) => i < names.length ? tensor : afterwards(tensor, dy));
        return gradientsWithin(compute, late, dy);
      },
    };
  })(...names.map((name) => params[name]), ...inputs);
}

/** Gradients inside a backward pass, whose tape is put aside: tfjs has only one. */
function gradientsWithin(
  f: (...tensors: Tensor[]) => Tensor,
  tensors: Tensor[],
  dy: Tensor,
): Tensor[] {
  const { state } = tf.engine();
  const tape = state.activeTape;
  try {
    return tf.grads(f)(tensors, dy);
  } finally {
    state.activeTape = tape;
  }
}
