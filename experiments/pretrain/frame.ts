import type { Clip, ClipTextConfig } from "specialist/models/clip/mod.ts";
import type { Model } from "specialist/models/stable_diffusion/mod.ts";
import type { Tokenizer } from "specialist/models/tokenizer.ts";
import type { VaeConfig } from "specialist/models/vae/mod.ts";
import type { DenoiserStart } from "./denoiser.ts";
import type { PartRecords } from "./model_folder.ts";

/** All of the base model but the denoiser, which learns within it. */
export type Frame = {
  tokenizer: Tokenizer;
  textConfig: ClipTextConfig;
  vae: Model<VaeConfig>;
  /** What makes the latents' deviation one; undefined where nobody has measured it yet. */
  scalingFactor?: number;
  /** Both CLIPs, once both are trained. */
  clips(): Promise<{ guide: Clip; judge: Clip } | undefined>;
  /** How far each part has been trained; the denoiser where it does not start anew. */
  records(): Promise<Partial<PartRecords>>;
  /** The denoiser's first weights. */
  start: DenoiserStart;
  /** What `training.json` says of the model that this one goes on from. */
  before?: Record<string, unknown>;
};
