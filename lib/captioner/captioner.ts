import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { UserError } from "../errors/mod.ts";
import { hubSettings } from "../hub/mod.ts";
import { type Image, resizeShortestEdge } from "../images/mod.ts";

/** Too large to be among the packages of `deno.json`, since nothing else needs it. */
const library = "npm:@huggingface/transformers@4.3.1";

/** In pixels; what captioners look at is smaller still. */
const shortestEdge = 384;

/** Says what a picture shows, as "a dog sitting on a couch". */
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
 * @throws UserError if the folder lacks these, or the process ends before its time and has said why
 */
export async function startCaptioner(folder: string): Promise<Captioner> {
  const numbers = numbersIn(folder);
  const child = spawn(Deno.execPath(), [
    ...["run", "--quiet", "--no-config", "--no-lock", "--node-modules-dir=none", "--no-prompt"],
    ...["--allow-read", "--allow-env", "--allow-sys", "--allow-ffi"],
    ...(hubSettings().offline ? ["--cached-only"] : []),
    join(import.meta.dirname!, "worker.ts"),
    ...[library, await Deno.realPath(folder), numbers],
  ], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  child.stdin.on("error", () => {}); // The answer that does not come says enough.
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (!done) return JSON.parse(value);
    throw new UserError({
      what: "the captioner has ended; what it said stands above",
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
    what: "this is no captioner: there is no onnx/encoder_model.onnx",
    file: folder,
    remedy: "give the folder of an image-to-text model in the layout of transformers.js",
  });
}
