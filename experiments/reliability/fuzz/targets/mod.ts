/** All parsers that are given hostile files, a module each. */
export const targetNames = [
  "safetensors",
  "weights",
  "lora",
  "lora_export",
  "embedding",
  "training_state",
  "tokenizer",
  "unet_config",
  "vae_config",
  "text_config",
  "clip_config",
  "preprocessor_config",
  "scheduler_config",
  "image",
  "style_folder",
  "caption_corpus",
  "splits",
  "run_config",
  "run_record",
  "metrics",
  "summary",
  "table_list",
  "notebook",
  "wheel",
  "pip_config",
] as const;

export type TargetName = typeof targetNames[number];

/** The address of the module that exports `target`. */
export function targetModule(name: TargetName): string {
  return new URL(`${name}.ts`, import.meta.url).href;
}
