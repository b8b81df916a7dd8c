import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { calibrateSchema } from "experiments/commands/options.ts";
import { runCalibrate } from "experiments/study/calibrate.ts";
import {
  contentLoss,
  emojiPreset,
  full,
  gradientRatios,
  type Lab,
  openLab,
  specialist,
  UserError,
  weightForShare,
} from "specialist";
import type { ContentSettings } from "specialist/specialist";
import { writeTinyModel } from "./soak/tiny_model.ts";

let folder: string;
let lab: Lab;
beforeAll(async () => {
  folder = await Deno.makeTempDir();
  await writeTinyModel(join(folder, "base"));
  lab = await openLab({ style: "openmoji", model: join(folder, "base"), preset: emojiPreset });
});
afterAll(() => Deno.remove(folder, { recursive: true }));

const quiet = () => ({ update() {}, log() {}, stop() {} });
const methodWith = (content: ContentSettings) =>
  specialist({ contentLoss: contentLoss({ steps: 2, every: 2, ...content }) });

/** So slow that the weights, and so the gradients, hardly depend on the loss's weight. */
const training = { steps: 6, batchSize: 2, learningRate: { peak: 1e-7 } };
const measure = (content: ContentSettings, loss = "content") =>
  gradientRatios(lab, methodWith(content), { loss, training, progress: quiet });

describe("the weight for a share of the gradient", () => {
  it("gives this share in the mean over the measured steps", () => {
    const ratios = [0.2, 3, 40, 0.01];
    for (const share of [0.03, 0.1, 0.3, 0.97]) {
      const weight = weightForShare(ratios, share);
      const shares = ratios.map((ratio) => weight * ratio / (weight * ratio + 1));
      assertAlmostEquals(shares.reduce((a, b) => a + b) / 4, share, 1e-9);
    }
  });

  it("is share / (1 − share) / ratio where one step was measured", () => {
    assertAlmostEquals(weightForShare([0.25], 0.1), 0.1 / 0.9 / 0.25, 1e-12);
  });

  it("is refused for what is no share", () => {
    for (const share of [0, 1, 3, NaN]) assertThrows(() => weightForShare([1], share), UserError);
  });
});

describe("measured ratios", () => {
  it("are of the steps that have the loss, and lead to a weight with the share", async () => {
    const ratios = await measure({});
    assertEquals(ratios.length, 3);
    const weight = weightForShare(ratios, 0.3);
    assert(weight > 2e-3, "this is about a weight that is far from the default");
    const again = await measure({ weight });
    again.forEach((ratio, i) => assertAlmostEquals(ratio / ratios[i], 1, 1e-2));
    const shares = again.map((ratio) => weight * ratio / (weight * ratio + 1));
    assertAlmostEquals(shares.reduce((a, b) => a + b) / shares.length, 0.3, 1e-2);
  });

  it("are refused where the method lacks the loss, or the loss a weight or a gradient", async () => {
    const of = { loss: "content", training, progress: quiet };
    await assertRejects(() => gradientRatios(lab, full(), of), UserError, 'no loss "content"');
    await assertRejects(() => measure({ weight: 0 }), UserError, "weight 0");
    await assertRejects(() => measure({ gradient: "reference" }), UserError, "no gradient");
  });
});

describe("calibrate", () => {
  it("writes a weight for each style and share, the larger the larger the share", async () => {
    const output = join(folder, "weights");
    await runCalibrate(calibrateSchema.parse({
      model: join(folder, "base"),
      styles: ["openmoji"],
      lastStep: 4,
      training: { ...training, steps: 1 },
      output,
    }));
    const { settings, styles } = JSON.parse(
      await Deno.readTextFile(join(output, "content_weights.json")),
    );
    assertEquals([settings.lastStep, settings.training.steps], [4, 1]);
    const [{ style, measured, weights }] = styles;
    assertEquals([style, measured], ["openmoji", 1]);
    assertEquals(weights.map(({ share }: { share: number }) => share), [0.03, 0.1, 0.3, 0.97]);
    const values = weights.map(({ weight }: { weight: number }) => weight);
    assert(values[0] > 0);
    assertEquals(values, values.toSorted((a: number, b: number) => a - b));
  });
});
