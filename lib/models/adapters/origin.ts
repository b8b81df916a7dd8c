/** The origin of trained weights, as metadata of their file. */
import { type ArrayToWrite, hashTensors } from "../files/safetensors.ts";
import type { StableDiffusion } from "../stable_diffusion/stable_diffusion.ts";

export type Origin = {
  /** The file's title in lists. */
  title: string;
  /** The words that a prompt must contain. */
  trigger: string;
  /** The base model. */
  model: Pick<StableDiffusion, "unet">;
  /** Width and height of the images, in pixels. */
  size: number;
  /** When it was trained, as ISO 8601 has it. */
  date: string;
  /** Everything that determined the result: configuration, versions, hashes of the data. */
  training: Record<string, unknown>;
};

/**
 * Metadata under the keys of Stability AI's model metadata standard
 * (https://github.com/Stability-AI/ModelSpec), which user interfaces show, and `specialist.training`.
 *
 * @param kind what the file holds, as that standard calls it
 */
export function originMetadata(
  { title, trigger, model, size, date, training }: Origin,
  kind: "lora" | "textual-inversion",
): Record<string, string> {
  const version = model.unet.config.cross_attention_dim === 1024 ? "v2" : "v1";
  return {
    "modelspec.sai_model_spec": "1.0.0",
    "modelspec.architecture": `stable-diffusion-${version}/${kind}`,
    "modelspec.implementation": "diffusers",
    "modelspec.title": title,
    "modelspec.trigger_phrase": trigger,
    "modelspec.resolution": `${size}x${size}`,
    "modelspec.date": date,
    "specialist.training": JSON.stringify(training),
  };
}

/** Metadata by which a file's tensors are known again, whatever else it says. */
export function hashMetadata(tensors: Record<string, ArrayToWrite>): Record<string, string> {
  const hash = hashTensors(tensors);
  return { "modelspec.hash_sha256": `0x${hash}`, sshs_model_hash: hash };
}
