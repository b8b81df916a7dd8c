import { existsSync } from "node:fs";
import { UserError } from "../errors/mod.ts";
import { hubSnapshot, parseHubId, type RepositoryFile } from "../hub/mod.ts";

const described = /^[\w.-]+\.(json|txt)$/;
const descriptionBytes = 16 << 20;

/**
 * The folder of a captioner that is named by its folder, or by its id on the Hub. The network is used
 * for an id only.
 *
 * @throws UserError where it cannot be had; the signal's reason
 */
export async function obtainCaptioner(captioner: string, signal?: AbortSignal): Promise<string> {
  if (existsSync(captioner)) return captioner;
  const id = parseHubId(captioner);
  if (id) return await hubSnapshot(id, { signal, choose: captionerFiles });
  throw new UserError({
    what: "there is no such captioner",
    field: "captioner",
    value: captioner,
    remedy: "give a folder, or an id on the Hub such as Xenova/vit-gpt2-image-captioning",
  });
}

/** Settings, tokenizer, and both networks, in 8 bits where there are such: a quarter of the download. */
export function captionerFiles(files: readonly RepositoryFile[]): RepositoryFile[] {
  const settings = files.filter(({ path, size }) =>
    described.test(path) && size > 0 && size <= descriptionBytes
  );
  for (const variant of ["_quantized", ""]) {
    const networks = ["encoder_model", "decoder_model_merged"].flatMap((name) =>
      files.filter(({ path }) => path === `onnx/${name}${variant}.onnx`)
    );
    if (networks.length === 2) return [...settings, ...networks];
  }
  throw new UserError({
    what: "this is no captioner: there are no onnx/encoder_model and onnx/decoder_model_merged",
    field: "captioner",
    remedy: "name one in the layout of transformers.js, as Xenova/vit-gpt2-image-captioning",
  });
}
