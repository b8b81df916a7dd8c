/**
 * The captioner's process: reads an image from each line of its input, and writes what it shows. It is
 * started without `deno.json`, and gets the library's specifier, the model's folder and the type of
 * its numbers as arguments.
 */
import process from "node:process";
import { createInterface } from "node:readline";

const [library, folder, dtype] = Deno.args;
const { env, pipeline, RawImage } = await import(library);
env.allowRemoteModels = false;
const describe = await pipeline("image-to-text", folder, { dtype });
answer("ready");

for await (const line of createInterface({ input: process.stdin })) {
  const { width, height, data } = JSON.parse(line);
  // RGB, as this project has images.
  const image = new RawImage(Uint8Array.fromBase64(data), width, height, 3);
  const [{ generated_text: text }] = await describe(image, { max_new_tokens: 40 });
  answer(text.replace(/\s+/g, " ").trim());
}

function answer(text: string): void {
  process.stdout.write(`${JSON.stringify(text)}\n`);
}
