/**
 * Each recipe computes what the first version of this project computed, whose methods were written out
 * one by one: the same losses, gradients and weights, given the same draws.
 */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import type { MetricLine } from "specialist/internal/runtime/mod.ts";
import { type Tensor, tf } from "specialist/internal/tensor/mod.ts";
import { readSafetensors } from "specialist/models/files/safetensors.ts";
import { contentLoss, type MethodBatch } from "specialist/specialist";
import { fit } from "specialist/training";
import {
  type MethodName,
  methodNames,
  prepareTiny,
  tinyContent,
  tinyMethods,
  tinyTraining,
} from "./tiny_methods.ts";

const folder = join(import.meta.dirname!, "..", "fixtures", "methods");

type Expected = { losses: number[]; gradNorms: number[]; moved: number; names: number };
const expected: Record<string, Expected> = JSON.parse(
  await Deno.readTextFile(join(folder, "expected.json")),
);

/** The files' names. */
const files: Record<MethodName, string> = {
  specialist: "specialist",
  dreambooth: "dreambooth",
  "textual inversion": "textual_inversion",
  "textual inversion + ours": "textual_inversion_specialist",
  lora: "lora",
  "lora + ours": "lora_specialist",
  full: "full",
};

/** The recorded draws of step `step`, in the batch's present form. */
async function recordedBatches(name: string, steps: number): Promise<MethodBatch[]> {
  const { tensors } = await readSafetensors(join(folder, `${name}.safetensors`));
  return Array.from({ length: steps }, (_, step) => {
    const inputs = Object.fromEntries(
      Object.entries(tensors)
        .filter(([key]) => key.startsWith(`${step}/`))
        .map(([key, { shape, data }]) => {
          const dtype = data instanceof Int32Array ? "int32" : "float32";
          return [key.slice(`${step}/`.length), tf.tensor(data as Float32Array, shape, dtype)];
        }),
    );
    const content: Record<string, Tensor> = {}, shown: Record<string, Tensor> = {};
    for (const [key, value] of Object.entries(inputs)) {
      if (key.startsWith("content.")) content[key.slice("content.".length)] = value;
      else shown[key] = value;
    }
    const prepared: MethodBatch["prepared"] = { denoising: {} };
    if (Object.keys(content).length > 0) prepared.content = content;
    if (name !== "dreambooth") return { shown: shown as MethodBatch["shown"], prepared };
    // The second half of what was one batch are the class images.
    const halves = Object.entries(shown).map(([key, value]) => [key, tf.split(value, 2)] as const);
    const half = (i: number) => Object.fromEntries(halves.map(([key, parts]) => [key, parts[i]]));
    return { shown: half(0) as MethodBatch["shown"], prepared: { ...prepared, prior: half(1) } };
  });
}

describe("a recipe", () => {
  for (const name of methodNames) {
    it(`of ${name} computes the numbers of the method that it replaces`, async () => {
      const { losses, gradNorms, moved, names } = expected[files[name]];
      const method = name === "specialist"
        ? tinyMethods[name]({ minSnrGamma: 5, contentLoss: contentLoss(tinyContent) })
        : tinyMethods[name]();
      const { task } = await prepareTiny(method);
      const batches = await recordedBatches(files[name], losses.length);
      const lines: MetricLine[] = [];
      const params = await fit(
        { ...task, batch: ({ step }) => batches[step] },
        tinyTraining({ steps: losses.length }),
        {
          seed: 1,
          logEvery: 1,
          run: {
            checkpoint: undefined,
            saveCheckpoint: () => Promise.resolve(),
            log: (line) => Promise.resolve(void lines.push(line)),
          },
        },
      );
      lines.forEach((line, i) => {
        assertAlmostEquals(line.loss, losses[i], 1e-5 * losses[i]);
        assertAlmostEquals(line.gradNorm, gradNorms[i], 1e-4 * gradNorms[i]);
      });
      const distance = Object.entries(params).reduce(
        (sum, [key, value]) =>
          sum + tf.tidy(() => tf.sum(tf.abs(tf.sub(value, task.params[key]))).dataSync()[0]),
        0,
      );
      assertAlmostEquals(distance, moved, 1e-3 * moved);
      assertEquals(Object.keys(params).length, names);
      tf.dispose(params);
    });
  }
});
