import { UserError } from "../../errors/mod.ts";
import { loadFolder } from "./folder.ts";
import { loadSingleFile } from "./single_file.ts";
import type { StableDiffusion } from "./stable_diffusion.ts";

/**
 * Reads a model: a folder that diffusers or this project saved, or a single file with the names of
 * the original code. Its weights are read when they are first needed.
 *
 * ```ts
 * const model = await loadStableDiffusion("data/models/emoji-base");
 * const other = await loadStableDiffusion("v1-5-pruned-emaonly.safetensors");
 * ```
 *
 * @throws UserError naming the file, and the field or tensor, that is missing or does not fit
 */
export async function loadStableDiffusion(path: string): Promise<StableDiffusion> {
  return await isFile(path) ? loadSingleFile(path) : loadFolder(path);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new UserError({
      what: "there is no such model",
      file: path,
      remedy: "check the path; a model on the Hub is called owner/name",
    }, { cause });
  }
}
