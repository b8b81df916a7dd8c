/** A batch that threads share out: only the clock may notice. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { join } from "node:path";
import { threadLayout } from "specialist/internal/tensor/machine.ts";
import { compile, inShards, type Tensor, tf, useBackend } from "specialist/internal/tensor/mod.ts";
import {
  clipImageEmbeddings,
  decode,
  encode,
  loadClip,
  loadStableDiffusion,
  type Params,
  unet,
} from "specialist/models";
import { valueAndGradients } from "specialist/training";
import { ownFixtures } from "../../parity/run_case.ts";
import { assertTensorsNear, normal } from "../../tensors.ts";

Deno.env.set("SPECIALIST_THREADS", "2");
const backend = await useBackend({ batch: 8 });
Deno.env.delete("SPECIALIST_THREADS");
const isShared = backend.includes("on CPU, 2 threads");

const model = await loadStableDiffusion(join(ownFixtures, "pipeline"));
const clip = await loadClip(join(ownFixtures, "clip/model"));

const n = 3; // which two threads cannot share out equally
const latents = normal([n, 8, 8, 4]);
const timesteps = tf.tensor1d([1, 301, 501], "int32");
const context = normal([n, 7, model.unet.config.cross_attention_dim]);

/** What each sample alone comes to, one after the other. */
function oneByOne(fn: (...samples: Tensor[]) => Tensor, ...batched: Tensor[]): Tensor {
  const samples = batched.map((x) => tf.split(x, n, 0));
  return tf.concat(Array.from({ length: n }, (_, i) => fn(...samples.map((x) => x[i]))), 0);
}

describe("a batch in shares", () => {
  it("is what the backend says it works on", { ignore: !isShared }, () => {
    assertStringIncludes(backend, "2 threads for 2 shares of a batch");
    const sizes: number[] = [];
    const measured = (x: Tensor) => {
      sizes.push(x.shape[0]);
      return x;
    };
    tf.tidy(() => [1, 2, 5].forEach((n) => inShards(measured, tf.zeros([n, 2]))));
    assertEquals(sizes, [1, 1, 1, 2, 3]);
  });

  const predict = (params: Params) => (x: Tensor, timesteps: Tensor, context: Tensor) =>
    unet(params, model.unet.config, x, timesteps, context);
  const networks: [string, (...batched: Tensor[]) => Tensor, Tensor[]][] = [
    ["the U-Net", predict(model.unet.params), [latents, timesteps, context]],
    ["the decoder", (x) => decode(model.vae.params, model.vae.config, x), [latents]],
    [
      "the encoder",
      (x) => encode(model.vae.params, model.vae.config, x).mean,
      [normal([n, 16, 16, 3])],
    ],
    [
      "CLIP's vision tower",
      (x) => clipImageEmbeddings(clip.params, clip.config, x),
      [normal([n, clip.preprocessor.crop_size.height, clip.preprocessor.crop_size.width, 3])],
    ],
  ];
  for (const [name, network, batched] of networks) {
    it(`has the same results, compiled or not: ${name}`, () => {
      const alone = tf.tidy(() => oneByOne(network, ...batched));
      assertTensorsNear(tf.tidy(() => network(...batched)), alone, 1e-5);
      assertTensorsNear(compile(network)(...batched) as Tensor, alone, 1e-5);
    });
  }

  it("has the same gradients", () => {
    const error = (predict: (...batched: Tensor[]) => Tensor) =>
      tf.mean(tf.square(predict(latents, timesteps, context)));
    const { gradients } = valueAndGradients(
      (params) => error(predict(params)),
      model.unet.params,
    );
    const { gradients: alone } = valueAndGradients(
      (params) => error((...batched) => oneByOne(predict(params), ...batched)),
      model.unet.params,
    );
    for (const name of Object.keys(alone)) assertTensorsNear(gradients[name], alone[name], 1e-4);
  });
});

describe("threads", () => {
  it("are all at work, on no more shares than there are samples", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 64 }), (
      threads,
      batch,
    ) => {
      const { shards, threadsPerOp } = threadLayout(threads, batch);
      assertEquals(shards <= batch, true);
      assertEquals(shards * threadsPerOp >= threads, true);
      assertEquals(shards * (threadsPerOp - 1) < threads, true);
    }));
  });

  it("share out each op where there is one sample, and the batch where it is larger", () => {
    assertEquals(threadLayout(2, 1), { threads: 2, shards: 1, threadsPerOp: 2 });
    assertEquals(threadLayout(2, 8), { threads: 2, shards: 2, threadsPerOp: 1 });
    assertEquals(threadLayout(16, 8), { threads: 16, shards: 4, threadsPerOp: 4 });
    assertEquals(threadLayout(1, 8), { threads: 1, shards: 1, threadsPerOp: 1 });
  });
});
