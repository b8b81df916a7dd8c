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

const modules: Record<string, readonly TargetName[]> = {
  model_files: ["safetensors", "weights", "lora", "lora_export", "embedding", "tokenizer"],
  networks: [
    ...["unet_config", "vae_config", "text_config", "clip_config"] as const,
    ...["preprocessor_config", "scheduler_config"] as const,
  ],
  data: ["image", "style_folder", "caption_corpus", "splits"],
  runs: ["run_config", "run_record", "metrics", "training_state", "summary", "table_list"],
  other: ["notebook", "wheel", "pip_config"],
};

/** The address of a target, which `loadTarget` understands: its module, and what it is called there. */
export function targetModule(name: TargetName): string {
  const module = Object.keys(modules).find((module) => modules[module].includes(name));
  const exported = name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  return new URL(`./${module}.ts#${exported}Target`, import.meta.url).href;
}
