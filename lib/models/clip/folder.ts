/** CLIP as a folder, laid out as transformers does. */
import { join } from "node:path";
import { readJson, writeAtomically } from "../../files/mod.ts";
import { type ClipPreprocessor, readClipPreprocessor } from "../../images/mod.ts";
import type { Params } from "../../nn/mod.ts";
import { loadParams, saveParams } from "../checkpoint.ts";
import { saveFolder } from "../save_folder.ts";
import { transformersConfig } from "../transformers_config.ts";
import { loadTokenizer, saveTokenizer, type Tokenizer } from "../tokenizer.ts";
import { weightsFiles } from "../weights_files.ts";
import { clipSpecs } from "./clip.ts";
import { type ClipConfig, clipConfigSchema } from "./config.ts";

/** Both towers, with what turns texts and pictures into their inputs. */
export type Clip = {
  config: ClipConfig;
  params: Params;
  tokenizer: Tokenizer;
  preprocessor: ClipPreprocessor;
};

/**
 * Reads a CLIP that transformers or this project saved.
 *
 * @throws UserError naming the file, and the field or tensor, that is missing or does not fit
 */
export async function loadClip(folder: string): Promise<Clip> {
  const config = await readJson(join(folder, "config.json"), clipConfigSchema);
  return {
    config,
    tokenizer: await loadTokenizer(folder),
    preprocessor: await readClipPreprocessor(join(folder, "preprocessor_config.json")),
    params: await loadParams(await weightsFiles(folder, "model"), clipSpecs(config)),
  };
}

/**
 * Writes a CLIP so that transformers and this project can read it; all of it, or nothing.
 *
 * @throws UserError if the folder holds other things too
 */
export async function saveClip(
  folder: string,
  { config, params, tokenizer, preprocessor }: Clip,
  { dtype }: { dtype: "F16" | "F32" },
): Promise<void> {
  await saveFolder(folder, async (fresh) => {
    const json = (name: string, value: object) =>
      writeAtomically(join(fresh, name), JSON.stringify(value, null, 2));
    const model = { architectures: ["CLIPModel"], model_type: "clip", ...config };
    await writeAtomically(join(fresh, "config.json"), transformersConfig(model));
    await json("preprocessor_config.json", {
      image_processor_type: "CLIPImageProcessor",
      do_convert_rgb: true,
      ...preprocessor,
    });
    await saveTokenizer(tokenizer, fresh);
    await saveParams(join(fresh, "model.safetensors"), params, { dtype });
  });
}
