/** Captions from an image captioning model, in a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import {
  hubSettings,
  hubSnapshot,
  parseHubId,
  type RepositoryFile,
} from "../internal/runtime/hub/mod.ts";
import { UserError } from "../internal/runtime/mod.ts";
import type { Image } from "./image.ts";
import { resizeShortestEdge } from "./resize.ts";

/** Not among the packages of `deno.json`: it is large, and nothing else needs it. */
const library = "npm:@huggingface/transformers@4.3.1";

/** In pixels; captioners read smaller images still. */
const shortestEdge = 384;

/** Describes an image: "a dog sitting on a couch". */
export type Captioner = AsyncDisposable & { caption(image: Image): Promise<string> };

/**
 * Starts an image-to-text model in a process of its own, which may read files, but neither write them
 * nor use the network. Its library, transformers.js, is downloaded the first time.
 *
 * ```ts
 * await using captioner = await startCaptioner("vit-gpt2-image-captioning");
 * await captioner.caption(await readImage("dog.jpg"));
 * ```
 *
 * @param folder in the layout of transformers.js, with `encoder_model.onnx` and
 *   `decoder_model_merged.onnx` in `onnx/`, or their `_quantized` variants
 * @throws UserError if the folder lacks these, or the process ends early
 */
export async function startCaptioner(folder: string): Promise<Captioner> {
  const numbers = numbersIn(folder);
  const child = spawn(Deno.execPath(), [
    ...["run", "--quiet", "--no-config", "--no-lock", "--node-modules-dir=none", "--no-prompt"],
    ...["--allow-read", "--allow-env", "--allow-sys", "--allow-ffi"],
    ...(hubSettings().offline ? ["--cached-only"] : []),
    join(import.meta.dirname!, "captioner_worker.ts"),
    ...[library, await Deno.realPath(folder), numbers],
  ], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  child.stdin.on("error", () => {}); // The answer that does not come says enough.
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (!done) return JSON.parse(value);
    throw new UserError({
      what: "the captioner has ended; see its messages above",
      file: folder,
      remedy: "give an image-to-text model; the first start of a captioner needs the network",
    });
  };
  await answer();
  return {
    async caption(image) {
      const { width, height, data } = resizeShortestEdge(image, shortestEdge);
      child.stdin.write(`${JSON.stringify({ width, height, data: data.toBase64() })}\n`);
      return await answer();
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
    },
  };
}

/** The type of a captioner's numbers, as transformers.js calls it. */
function numbersIn(folder: string): "fp32" | "q8" {
  if (existsSync(join(folder, "onnx", "encoder_model.onnx"))) return "fp32";
  if (existsSync(join(folder, "onnx", "encoder_model_quantized.onnx"))) return "q8";
  throw new UserError({
    what: "this is not a captioner: there is no onnx/encoder_model.onnx",
    file: folder,
    remedy: "give the folder of an image-to-text model in the layout of transformers.js",
  });
}

const described = /^[\w.-]+\.(json|txt)$/;
const descriptionBytes = 16 << 20;

/**
 * The folder of a captioner, given by its folder or its id on the Hub. Only an id uses the network.
 *
 * @throws UserError where it is unavailable; the signal's reason
 */
export async function obtainCaptioner(captioner: string, signal?: AbortSignal): Promise<string> {
  if (existsSync(captioner)) return captioner;
  const id = parseHubId(captioner);
  if (id) return await hubSnapshot(id, { signal, choose: captionerFiles });
  throw new UserError({
    what: "unknown captioner",
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
    what: "this is not a captioner: there are no onnx/encoder_model and onnx/decoder_model_merged",
    field: "captioner",
    remedy: "name one in the layout of transformers.js, as Xenova/vit-gpt2-image-captioning",
  });
}
