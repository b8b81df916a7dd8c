import { basename, join } from "node:path";
import { z } from "zod";
import { UserError } from "../errors/mod.ts";
import { namesIn, readJson, recordOf } from "../files/mod.ts";

const shard = z.string().refine(
  (name) => name === basename(name) && name.endsWith(".safetensors"),
  "must name a .safetensors file in the same folder",
);
const indexSchema = z.looseObject({
  weight_map: recordOf(shard).refine((map) => Object.keys(map).length > 0, "names no weights"),
});

/**
 * The files of weights in a model's folder: `${name}.safetensors`, the shards that its index names, or
 * the half-precision variant of either.
 *
 * @throws UserError if there are none
 */
export async function weightsFiles(folder: string, name: string): Promise<string[]> {
  const names = await namesIn(folder);
  for (const variant of ["", ".fp16"]) {
    const whole = `${name}${variant}.safetensors`;
    if (names.has(whole)) return [join(folder, whole)];
    const index = `${name}.safetensors.index${variant}.json`;
    if (!names.has(index)) continue;
    const { weight_map } = await readJson(join(folder, index), indexSchema);
    return [...new Set(Object.values(weight_map))].map((shard) => join(folder, shard));
  }
  if ([...names].some(isPickled)) throw pickled(folder);
  throw new UserError({
    what: `there is no ${name}.safetensors`,
    file: folder,
    remedy: "give a folder saved by diffusers or by this project, with all its files",
  });
}

/** Whether a file is called as PyTorch's own checkpoints are. */
export function isPickled(name: string): boolean {
  return /\.(bin|ckpt|pt|pth)(\.index\.json)?$/.test(name);
}

export function pickled(file: string): UserError {
  return new UserError({
    what: "the weights are pickled (.bin, .ckpt), which can run code when they are read",
    file,
    remedy: "get the model in safetensors format, or convert it where you trust it",
  });
}
