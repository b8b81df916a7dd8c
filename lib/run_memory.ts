/** How much memory a run takes, estimated before it starts. */
import { availableMemory } from "./internal/runtime/library/mod.ts";
import { formatBytes, formatCount, UserError } from "./internal/runtime/mod.ts";
import type { Lab } from "./lab.ts";
import { headsOfLevels, type Params, type UnetConfig } from "./models/mod.ts";
import type { TrainingConfig } from "./training/mod.ts";

/** Bytes besides what the process holds before it trains. */
export type MemoryEstimate = {
  /** The compiled step itself. */
  compiled: number;
  /** The networks, whose weights are read when they are first needed. */
  model: number;
  /** The trainable weights with their gradients, AdamW's moments and the moving average. */
  optimizer: number;
  /** What the U-Net keeps of each sample for the backward pass. */
  sample: number;
};

type Sizes = {
  unet: UnetConfig;
  /** Of the latents, in pixels. */
  side: number;
  /** How many numbers the networks have, and how many are trained. */
  parameters: number;
  trainable: number;
};

const bytes = 4;
const compiled = 150e6;
/** Of what is kept without it, measured. */
const keptWithCheckpointing = 0.41;

/**
 * The memory of a run's steps. For the steps that `deno task bench` measures, it is within an eighth of
 * the peak. Not counted is what a method draws for its losses, and second passes such as that of prior
 * preservation.
 */
export function estimateMemory(
  { unet, side, parameters, trainable }: Sizes,
  { accumulate = 1, ema, gradientCheckpointing }: Pick<
    TrainingConfig,
    "accumulate" | "ema" | "gradientCheckpointing"
  >,
): MemoryEstimate {
  // Weights, gradients and two moments; sums of gradients; the average.
  const copies = 4 + (accumulate > 1 ? 1 : 0) + (ema ? 1 : 0);
  const kept = gradientCheckpointing ? keptWithCheckpointing : 1;
  return {
    compiled,
    model: bytes * parameters,
    optimizer: bytes * copies * trainable,
    sample: bytes * kept * activationsOf(unet, side),
  };
}

// Numbers that are kept of each pixel and channel, and of each attention score: fitted to the peaks of
// batches of 1 to 32 and latents of 8 to 64 pixels.
const perResidual = 16, perTransformer = 32, perScore = 1.2;

/** Numbers that a U-Net keeps of one sample, with latents of `side` × `side`. */
function activationsOf(config: UnetConfig, side: number): number {
  const { block_out_channels: widths, layers_per_block: layers } = config;
  const { down_block_types: down, up_block_types: up } = config;
  const heads = headsOfLevels(config);
  const last = widths.length - 1;
  return widths.reduce((sum, width, level) => {
    const pixels = (side / 2 ** level) ** 2;
    const middle = level === last ? 1 : 0;
    const residuals = 2 * layers + 1 + 2 * middle;
    const transformers = (down[level] === "CrossAttnDownBlock2D" ? layers : 0) +
      (up[last - level] === "CrossAttnUpBlock2D" ? layers + 1 : 0) + middle;
    return sum + pixels * width * (perResidual * residuals + perTransformer * transformers) +
      perScore * heads[level] * pixels ** 2 * transformers;
  }, 0);
}

/**
 * Refuses a run whose steps would take more memory than there is. A GPU's memory is not looked at.
 *
 * @param params what is trained
 * @throws UserError naming the setting, the estimate, what is available, and what would fit
 */
export function requireMemory(
  { model, backend }: Pick<Lab, "model" | "backend">,
  params: Params,
  training: TrainingConfig,
  available = availableMemory(),
): void {
  if (/ on CUDA|^WebGPU/.test(backend)) return;
  const trainable = sizeOfAll(params);
  const { unet, textEncoder, vae } = model;
  const { batchSize, gradientCheckpointing } = training;
  const { sample, ...rest } = estimateMemory({
    unet: unet.config,
    side: model.latentsShape(1)[1],
    parameters: [unet, textEncoder, vae].reduce((sum, { params }) => sum + sizeOfAll(params), 0),
    trainable,
  }, training);
  const fixed = Object.values(rest).reduce((sum, bytes) => sum + bytes, 0);
  const total = fixed + batchSize * sample;
  if (total <= available) return;
  const needs = `needs about ${formatBytes(total)} of memory, of which ${
    formatBytes(available)
  } are available`;
  const largest = Math.floor((available - fixed) / sample);
  const checkpointing = gradientCheckpointing
    ? ""
    : ", or turn training.gradientCheckpointing on, which keeps less of each sample";
  if (largest >= 1) {
    throw new UserError({
      what: `a step of ${formatCount(batchSize)} samples ${needs}: ${formatBytes(sample)} a sample`,
      field: "training.batchSize",
      value: batchSize,
      remedy: `use batches of at most ${formatCount(largest)}, as many of them for a step as ` +
        `training.accumulate says${checkpointing}`,
    });
  }
  throw new UserError({
    what: `a step of this method ${needs}: ${formatBytes(rest.model)} for the model, ` +
      `${formatBytes(rest.optimizer)} to train ${formatCount(trainable)} numbers of it, and ` +
      `${formatBytes(sample)} a sample`,
    field: "training.batchSize",
    value: batchSize,
    remedy: "train adapters (method lora), use smaller images or a smaller model" + checkpointing,
  });
}

function sizeOfAll(params: Params): number {
  return Object.values(params).reduce((sum, { size }) => sum + size, 0);
}
