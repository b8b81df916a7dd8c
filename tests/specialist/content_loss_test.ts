import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { beforeAll, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { clipPreprocess, createRandom, type Image } from "specialist/data";
import { UserError, validate } from "specialist/internal/runtime/mod.ts";
import { compile, type Tensor, tf, useBackend } from "specialist/internal/tensor/mod.ts";
import {
  clipImageEmbeddings,
  embedImages,
  embedTexts,
  loadClip,
  loadStableDiffusion,
  normalizeRows,
  normalTensor,
  type Params,
} from "specialist/models";
import {
  clipView,
  contentDistance,
  type ContentLossConfig,
  contentLossSchema,
  type ContentStep,
  drawUntilLastStep,
  lastOutput,
  predictedImage,
} from "specialist/specialist";
import { valueAndGradients } from "specialist/training";
import { ownFixtures } from "../parity/run_case.ts";

await useBackend();

const model = await loadStableDiffusion(join(ownFixtures, "pipeline"));
const guide = await loadClip(join(ownFixtures, "clip/model"));
const unetParams = model.unet.params;

const captions = ["a photo of a cat", "an oil painting of the sea"];
const shots = [noiseImage(48, 40, 0), noiseImage(40, 48, 1)];

/** Parameters of the first, the middle and the last layers. */
const watched = [
  "conv_in.weight",
  "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight",
  "mid_block.attentions.0.transformer_blocks.0.attn2.to_v.weight",
  "conv_out.weight",
];

describe("content loss", () => {
  let step: ContentStep;
  beforeAll(async () => {
    step = await prepare(configure());
  });

  it("has the gradient that finite differences find", () => {
    const config = configure();
    const { gradients } = gradientsOf(config, step);
    const value = compile((params: Params) => lossOf(config, step, params));
    for (const name of watched) {
      const [length] = tf.norm(gradients[name]).dataSync();
      assert(length > 0, `${name} has no gradient`);
      // Along its gradient the loss grows by 0.001, far above float32's rounding, or over 0.1.
      const reach = Math.min(1e-3 / length, 0.1);
      const along = (distance: number) => {
        const moved = tf.add(unetParams[name], tf.mul(gradients[name], distance / length));
        return value({ [name]: moved as Tensor }).dataSync()[0];
      };
      const slope = (along(reach) - along(-reach)) / (2 * reach);
      assertAlmostEquals(slope / length, 1, 0.03, name);
    }
  });

  it("is the same in a compiled step", () => {
    const config = configure();
    const compiled = compile((params: Params, step: ContentStep) => {
      const { value, gradients } = valueAndGradients(
        (params) => lossOf(config, step, params),
        params,
      );
      return { value, gradient: gradients["conv_out.weight"] };
    })(watchedParams(), step);
    const eager = gradientsOf(config, step);
    assertClose(compiled.value, eager.value, 1e-6);
    assertClose(compiled.gradient, eager.gradients["conv_out.weight"], 1e-6);
  });

  it("in the reference's way is the same up to 8 bits, and has no gradient at all", () => {
    const reference = gradientsOf(configure({ gradient: "reference" }), step);
    assertClose(reference.value, gradientsOf(configure(), step).value, 1e-3);
    for (const name of watched) {
      assertEquals(tf.max(tf.abs(reference.gradients[name])).dataSync()[0], 0);
    }
  });

  it("compares with the captions where these are the target", async () => {
    const config = configure({ target: "text" });
    const own = await prepare(config);
    const { value, gradients } = gradientsOf(config, own);
    const toImages = lossOf(config, step).dataSync()[0], [toTexts] = value.dataSync();
    assert(toTexts > 0 && toTexts < 2 && toTexts !== toImages);
    assert(tf.norm(gradients["conv_out.weight"]).dataSync()[0] > 0);
  });

  it("is 0 where the targets are what is drawn", () => {
    const config = configure();
    const drawn = tf.tidy(() => {
      const output = lastOutput(model, unetParams, step, config);
      const predicted = predictedImage(model, output, step.latents, config);
      const image = tf.clipByValue(tf.add(tf.div(predicted, 2), 0.5), 0, 1);
      const pixels = clipView(image, guide.preprocessor);
      return normalizeRows(clipImageEmbeddings(guide.params, guide.config, pixels));
    });
    assertAlmostEquals(lossOf(config, { ...step, targets: drawn }).dataSync()[0], 0, 1e-6);
  });

  it("can be computed without guidance, from the first step", async () => {
    const config = configure({ guidanceScale: 1, steps: 1, lastStep: undefined });
    const { gradients } = gradientsOf(config, await prepare(config));
    assert(tf.norm(gradients["conv_out.weight"]).dataSync()[0] > 0);
  });

  it("has more gradient at a middle step than at the last one", async () => {
    const timesteps: number[] = [];
    const watching = {
      ...model,
      denoiser() {
        const { predict, ...rest } = model.denoiser();
        const watched: typeof predict = (params, x, t, contexts) => {
          timesteps.push(t.dataSync()[0]);
          return predict(params, x, t, contexts);
        };
        return { ...rest, predict: watched };
      },
    };
    const normAt = async (lastStep?: number) => {
      const config = configure({ steps: 10, lastStep });
      const step = await prepare(config);
      lastOutput(watching, unetParams, step, config);
      return tf.norm(gradientsOf(config, step).gradients["conv_out.weight"]).dataSync()[0];
    };
    const [middle, last] = [await normAt(4), await normAt()];
    assertEquals(timesteps, [501, 1]);
    assert(middle > 3 * last, `${middle}, ${last}`);
  });

  it("draws with DDIM whatever sampler the model comes with", async () => {
    const scheduler = {
      ...model.scheduler,
      _class_name: "EulerDiscreteScheduler" as const,
      timestep_spacing: "linspace" as const,
    };
    const { latents } = await prepare(configure(), { ...model, scheduler });
    assertClose(latents, step.latents, 0);
  });

  it("is by default the paper's", () => {
    const { weight, target, gradient, enabled } = contentLossSchema.parse({});
    assertEquals({ weight, target, gradient, enabled }, {
      weight: 1e-3,
      target: "image",
      gradient: "through-last-step",
      enabled: true,
    });
  });

  const mistakes: [string, Record<string, unknown>, string][] = [
    ["a step after the last", { steps: 5, lastStep: 5 }, "lastStep"],
    ["no steps", { steps: 0 }, "steps"],
    ["a negative weight", { weight: -1 }, "weight"],
    ["guidance below 1", { guidanceScale: 0.5 }, "guidanceScale"],
    ["another gradient", { gradient: "through-all-steps" }, "gradient"],
    ["another target", { target: "caption" }, "target"],
    ["a field it has not", { wieght: 1 }, "wieght"],
  ];
  for (const [what, config, field] of mistakes) {
    it(`refuses ${what}, by the field's name`, () => {
      assertThrows(() => validate(contentLossSchema, config), UserError, field);
    });
  }
});

describe("CLIP's view of an image that is a tensor", () => {
  // 49 · (32 / 49) is less than 32.
  for (const [width, height] of [[64, 64], [16, 16], [53, 37], [49, 61], [20, 27]]) {
    it(`is that of the image processor, up to 8 bits, at ${width}×${height}`, () => {
      const image = noiseImage(width, height, 2);
      const { height: h, width: w } = guide.preprocessor.crop_size;
      const expected = tf.tensor(clipPreprocess(image, guide.preprocessor), [1, h, w, 3]);
      const unit = tf.div(tf.tensor(Float32Array.from(image.data), [1, height, width, 3]), 255);
      // The image processor rounds after each pass; a level is 1 / (255 · 0.26) high.
      assertClose(clipView(unit, guide.preprocessor), expected, 2 / (255 * 0.26));
    });
  }
});

function configure(config: Partial<ContentLossConfig> = {}): ContentLossConfig {
  return contentLossSchema.parse({ steps: 4, lastStep: 2, guidanceScale: 3, ...config });
}

/** What the loss is computed from, the same noise every time. */
async function prepare(config: ContentLossConfig, drawn = model): Promise<ContentStep> {
  const noise = normalTensor(createRandom(1), model.latentsShape(captions.length));
  const empty = config.guidanceScale === 1 ? [] : captions.map(() => "");
  const contexts = model.encodePrompts([...empty, ...captions]);
  const targets = config.target === "image"
    ? await embedImages(guide, shots)
    : await embedTexts(guide, captions);
  return {
    latents: await drawUntilLastStep(drawn, unetParams, { noise, contexts }, config),
    contexts,
    targets: tf.tensor2d(targets.map((target) => Array.from(target))),
  };
}

/** @param params of the U-Net, in place of the model's */
function lossOf(config: ContentLossConfig, step: ContentStep, params: Params = {}): Tensor {
  return contentDistance(model, { ...unetParams, ...params }, step, guide, config);
}

function gradientsOf(config: ContentLossConfig, step: ContentStep) {
  return valueAndGradients((params) => lossOf(config, step, params), watchedParams());
}

function watchedParams(): Params {
  return Object.fromEntries(watched.map((name) => [name, unetParams[name]]));
}

function assertClose(actual: Tensor, expected: Tensor, tolerance: number): void {
  assertEquals(actual.shape, expected.shape);
  const [difference] = tf.max(tf.abs(tf.sub(actual, expected))).dataSync();
  assert(difference <= tolerance, `differs by ${difference}`);
}

/** Noise of middle levels, which no resampling takes out of 0 to 255. */
function noiseImage(width: number, height: number, seed: number): Image {
  const random = createRandom(seed);
  const data = Uint8Array.from({ length: width * height * 3 }, () => 80 + random.integer(96));
  return { width, height, data };
}
