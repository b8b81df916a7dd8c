/**
 * Layers as functions of named parameters, and how parameters are trained.
 * @module
 */
export { gelu, quickGelu, silu } from "./activations.ts";
export {
  type AdamW,
  type AdamWConfig,
  adamWDefaults,
  type AdamWScalars,
  createAdamW,
} from "./adamw.ts";
export { attention } from "./attention.ts";
export { conv } from "./conv.ts";
export { updateEma } from "./ema.ts";
export { embedding, mergeAddedRows } from "./embedding.ts";
export { frozen } from "./frozen.ts";
export { checkpointed, withGradientCheckpointing } from "./gradient_checkpointing.ts";
export { interpolate } from "./interpolate.ts";
export { linear } from "./linear.ts";
export { createLora, loraDelta, loraScales, type LoraShape, mergeLora } from "./lora.ts";
export { groupNorm, layerNorm } from "./norm.ts";
export { param, type Params } from "./params.ts";
export { prefixed, scoped } from "./scope.ts";
export { clipByGlobalNorm, globalNorm, valueAndGradients } from "./value_and_gradients.ts";
export {
  createVariables,
  disposeVariables,
  readVariables,
  type Variables,
  zerosLike,
} from "./variables.ts";
