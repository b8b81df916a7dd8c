import type { Image } from "../images/mod.ts";
import type { LearnedWord, LoraWeights } from "../models/adapters/mod.ts";
import type { Clip } from "../models/clip/mod.ts";
import type { StableDiffusion } from "../models/stable_diffusion/mod.ts";
import type { Params } from "../nn/mod.ts";
import type { KeptSamples } from "../sampling/mod.ts";
import type { CaptionIndex } from "../specialist/mod.ts";
import type { TrainingTask } from "../training/mod.ts";
import type { SamplingConfig } from "./sampling_config.ts";

/** What is trained to teach a model a style, and how. */
export type Method = {
  task: TrainingTask;
  /** What the style is called in the adapted model's prompts. */
  styleWords: string;
  /**
   * The model with the trained parameters in place. It shares their tensors, and those of the model
   * it started from.
   */
  adapted(params: Params): StableDiffusion;
  /** What was trained, where that is a small thing beside a model that stays as it is. */
  addition?(params: Params): Addition;
};

/** Low-rank adapters, or a new word. */
export type Addition = { lora: LoraWeights } | { word: LearnedWord };

/** A picture of the style, and what it shows: "a red apple". */
export type Shot = { image: Image; caption: string };

/** What a method works with. */
export type MethodContext = {
  /** The base model, which stays as it is. */
  model: StableDiffusion;
  shots: readonly Shot[];
  /** What the style is called in a caption: "flat design". */
  styleWords: string;
  /** How the adapted model will be sampled, which decides the sparse timesteps. */
  sampling: SamplingConfig;
  /** The CLIP of the content loss. */
  guide?: Clip;
  /** The corpus that captions are retrieved from. */
  captionIndex?: CaptionIndex;
  /** Where pictures by the base model are kept from run to run. */
  kept?: KeptSamples;
  /** Ends what a method prepares before it trains. */
  signal?: AbortSignal;
};
