import type { Tensor } from "@tensorflow/tfjs";
import { idsOf, tensorFlow } from "../backend.ts";
import { attr } from "./attributes.ts";

/**
 * `x`, which a compiled function knows only once it knows `signal`: what follows from it is not computed
 * earlier, nor taken from an equal computation that did not wait. Elsewhere all is computed in the order
 * written, and it is `x` itself. It has no gradient.
 */
export function afterwards(x: Tensor, signal: Tensor): Tensor {
  const backend = tensorFlow();
  if (!backend?.binding.graph) return x;
  const { binding } = backend;
  const [id, waited] = idsOf([x, signal]);
  const type = attr.type("T", binding.lookup(id).dtype);
  const [metadata] = binding.executeOp("Identity", [type], [id], 1, waited);
  return backend.createOutputTensor(metadata);
}
