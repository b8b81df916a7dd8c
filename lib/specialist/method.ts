/**
 * A method: what teaches a model a style. It is a plain value with four slots, each filled with parts
 * that this library ships or that a notebook defines.
 *
 * | slot | decides |
 * | --- | --- |
 * | `trainable` | which parameters learn |
 * | `shots` | what a step shows: transforms and captions |
 * | `timesteps` | which noise levels are trained |
 * | `losses` | what is minimized: named scalars |
 */
import type { Image, Random, Shot } from "../data/mod.ts";
import type { SampleCache, Sampler } from "../diffusion/mod.ts";
import { UserError } from "../internal/runtime/mod.ts";
import type { Tensor } from "../internal/tensor/mod.ts";
import type { Backbone, Clip, Params, StableDiffusion } from "../models/mod.ts";
import type { Batch, Diffusion, Noised } from "../training/mod.ts";
import type { CaptionPart } from "./captions.ts";
import { describePart, type Description, type Preset } from "./part.ts";
import type { CaptionIndex } from "./retrieval.ts";
import type { Placement } from "./placement.ts";
import type { Timesteps } from "./timesteps.ts";
import type { Trainable } from "./trainable.ts";
import type { Transform } from "./transforms.ts";

export type Method = {
  /** Its name in runs and tables. */
  name: string;
  trainable: Trainable | readonly Trainable[];
  /** The shots as they are, under their own captions, by default. */
  shots?: Shots;
  /** All timesteps by default. */
  timesteps?: Timesteps;
  losses: readonly Loss[];
};

/** The inputs of a method. */
export type MethodContext = {
  /** The base model, which stays as it is. */
  model: StableDiffusion;
  shots: readonly Shot[];
  /** What the style is called in a caption: "flat design". */
  styleWords: string;
  /** How the adapted model will be sampled, which decides the sparse timesteps. */
  sampling: { sampler?: Sampler; steps: number };
  /** Settings of parts where their own are missing. */
  preset?: Preset;
  /** The CLIP that losses may use. */
  guide?: Clip;
  /** The corpus that captions are retrieved from. */
  captionIndex?: CaptionIndex;
  /** Where images by the base model are cached from run to run. */
  cache?: SampleCache;
  /** Stops what a method prepares before it trains. */
  signal?: AbortSignal;
};

/**
 * A named scalar that is minimized, times its weight, with all other losses of the method.
 *
 * ```ts
 * const sharp: Loss = {
 *   name: "sharp",
 *   weight: 0.1,
 *   value: ({ predictedLatents, latents }) => tf.mean(tf.abs(tf.sub(predictedLatents, latents))),
 * };
 * ```
 */
// deno-lint-ignore no-explicit-any -- what a loss prepares is private to it
export type Loss<State = any> = {
  name: string;
  /** What `value` and `prepare` close over, where they do: part of the loss's identity. */
  settings?: Record<string, unknown>;
  /** 1 by default. */
  weight?: number;
  /** Steps from one use to the next, 1 by default; with accumulated gradients, batches. */
  every?: number;
  /** Whether a step (or a batch of accumulated gradients) uses it, in place of `every`. */
  isDue?(at: { step: number; batchSize: number; shots: number }): boolean;
  /** The loss with a preset's settings where it has none of its own. */
  complete?(preset: Preset): Loss;
  /** Called once, before the first step, to look up what the loss needs. */
  setUp?(context: MethodContext): State | Promise<State>;
  /** Computes without gradient, before a step, what `value` takes as `prepared`. */
  prepare?(step: StepContext & { state: State }): Batch | Promise<Batch>;
  /**
   * A scalar. It is traced into the compiled step once for each structure of `prepared`, so that it
   * reads no values of tensors.
   */
  value(step: LossInput & { state: State }): Tensor;
};

/** An image of the model's size, and the whole caption that it is shown with. */
export type Captioned = {
  image: Image;
  caption: string;
  /**
   * Identifies an image that recurs, among those of its loss. Where a method has `variants`,
   * such an image is encoded once; all others are encoded at each step.
   */
  key?: string;
};

/** The inputs of a loss's `prepare`. */
export type StepContext = {
  step: number;
  /** Indices of the shots that the step shows. */
  shown: readonly number[];
  /** The captions of all shots, in words without the style. */
  plainCaptions: readonly string[];
  /** A stream of the loss's own for this step. */
  random: Random;
  /** The model as it is now, until `prepare` has ended. */
  model: StableDiffusion;
  /** Latents, noise, timesteps and captions of more images than the shots, as `errors` takes them. */
  noised(images: readonly Captioned[]): Batch;
};

/** The inputs of a loss: tensors of a batch of n shots. */
export type LossInput = {
  /** x₀ [n, h, w, c] */
  latents: Tensor;
  /** ε, of the same shape. */
  noise: Tensor;
  /** x_t, of the same shape. */
  noisyLatents: Tensor;
  /** t, int32 [n] */
  timesteps: Tensor;
  /** The captions' encodings: [n, length, d]. */
  contexts: Tensor;
  /** The denoiser's prediction: of noise or velocity, as the model was trained to make. */
  prediction: Tensor;
  /** The x₀ that this prediction implies. */
  predictedLatents: Tensor;
  /** All of the denoiser's parameters, the trainable ones included. */
  params: Params;
  /** The base model. */
  model: Backbone;
  /** The noise process. */
  diffusion: Diffusion;
  /** The CLIP that losses may use, if there is one. */
  guide?: Clip;
  /** Scaled latents → images [n, height, width, 3], about in [−1, 1]. */
  decode(latents: Tensor): Tensor;
  /** The denoiser with these parameters. */
  predict(noisyLatents: Tensor, timesteps: Tensor, contexts: Tensor): Tensor;
  /** The squared error of the prediction for each sample that `noised` returned: [n]. */
  errors(noised: Noised & { texts: Tensor }): Tensor;
  /** What `prepare` returned. */
  prepared: Batch;
};

/**
 * Checks a method before anything is trained.
 *
 * ```ts
 * import { defineMethod, denoisingLoss, unetWhere } from "specialist";
 *
 * const crossAttention = defineMethod({
 *   name: "cross-attention only",
 *   trainable: unetWhere((name) => /attn2\.to_[kv]\b/.test(name)),
 *   losses: [denoisingLoss()],
 * });
 * ```
 *
 * @throws UserError naming what is missing or given twice
 */
export function defineMethod(method: Method): Method {
  const trainables = trainablesOf(method);
  if (trainables.length === 0) {
    throw wrong("trainable", "nothing is trainable", "name a trainable part");
  }
  if (method.losses.length === 0) {
    throw wrong("losses", "nothing is minimized", "add denoisingLoss()");
  }
  const named: [field: string, parts: readonly { name: string }[]][] = [
    ["trainable", trainables],
    ["losses", method.losses],
    ["shots.transforms", method.shots?.transforms ?? []],
    ["shots.captions", method.shots?.captions ?? []],
  ];
  for (const [field, parts] of named) {
    const names = parts.map(({ name }) => name);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) {
      throw wrong(field, `two parts have the name "${twice}"`, "give each a name of its own");
    }
  }
  return method;

  function wrong(field: string, what: string, remedy: string): UserError {
    return new UserError({ what: `method "${method.name}": ${what}`, field, remedy });
  }
}

export function trainablesOf({ trainable }: Pick<Method, "trainable">): readonly Trainable[] {
  return Array.isArray(trainable) ? trainable : [trainable as Trainable];
}

/** The rare word that stands for the style; none where it is called by its own words. */
export function identifierOf(
  { identifier = false }: Pick<Shots, "identifier">,
  preset?: Preset,
): string | undefined {
  if (typeof identifier === "string") return identifier;
  return identifier ? preset?.identifier ?? "sks" : undefined;
}

/** The method with a preset's settings wherever a part's own are missing. */
export function completeMethod(method: Method, preset: Preset): Method {
  const { shots, losses } = method;
  return {
    ...method,
    shots: shots && {
      ...shots,
      identifier: identifierOf(shots, preset),
      probability: shots.probability ?? preset.transforms.probability,
      captions: shots.captions?.map((part) => part.complete?.(preset) ?? part),
    },
    losses: losses.map((loss) => loss.complete?.(preset) ?? loss),
  };
}

/** Everything that determines what a method does, as plain JSON: the identity of its runs. */
export function describeMethod(method: Method): Description {
  const { name, shots, timesteps, losses } = method;
  return {
    name,
    trainable: trainablesOf(method).map(describePart),
    ...(shots && {
      shots: {
        ...describePart({ ...shots, name: "shots", transforms: undefined, captions: undefined }),
        transforms: (shots.transforms ?? []).map(describePart),
        captions: (shots.captions ?? []).map(describePart),
      },
    }),
    ...(timesteps && { timesteps: describePart(timesteps) }),
    losses: losses.map(describePart),
  };
}

export type Shots = {
  /** One of these, with `probability`, is applied to an image before it is resized and cropped. */
  transforms?: readonly Transform[];
  /** Probability that an image is transformed; the preset's by default, else 0.5. */
  probability?: number;
  /** From a shot's own caption to the one that it is shown with; `{item} in {style} style` by default. */
  captions?: readonly CaptionPart[];
  /**
   * A rare word that stands for the style (Ruiz et al., CVPR 2023), with `true` the preset's, else "sks";
   * the style's own words by default.
   */
  identifier?: string | boolean;
  /** How an image is placed at each showing; as it is by default. */
  placement?: Placement;
  /**
   * Deviation of what is added to all pixels of a channel's noise (Guttenberg 2023), for images that
   * are dark or bright as a whole; nothing by default.
   */
  noiseOffset?: number;
  /**
   * Encode each shot once in this many variants, among which steps draw; each step encodes its own
   * by default.
   */
  variants?: number;
};
