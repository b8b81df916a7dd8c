import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { noiseTable } from "experiments/latent_noise/noise_table.ts";
import { measurePrediction, measureSamples } from "experiments/latent_noise/prediction.ts";
import { measureTolerance } from "experiments/latent_noise/tolerance.ts";
import { tf, useBackend } from "specialist/internal/tensor/mod.ts";
import { loadStableDiffusion } from "specialist/models";
import { writeTinyModel } from "../soak/tiny_model.ts";

await useBackend();

const size = 16;
const images = Array.from({ length: 3 }, (_, i) => ({
  width: size,
  height: size,
  data: Uint8Array.from({ length: size * size * 3 }, (_, j) => (j * (i + 7)) % 256),
}));

describe("what noise does to latents", () => {
  it("is measured at each level, the same each time, and more where there is more noise", async () => {
    const folder = await Deno.makeTempDir();
    await writeTinyModel(folder);
    const model = await loadStableDiffusion(folder);
    await Deno.remove(folder, { recursive: true });
    const measure = () => measureTolerance(model.vae, images, [0, 0.5, 4], 0);
    const tolerance = measure();
    assertEquals(measure(), tolerance);
    assertEquals(tolerance.map(({ level }) => level), [0, 0.5, 4]);
    const changes = tolerance.map(({ roundTrip }) => roundTrip);
    assert(changes[0] < changes[1] && changes[1] < changes[2], `${changes}`);

    const captioned = images.map((image) => ({ image, caption: "a red apple" }));
    const known = measurePrediction(model, captioned, 0);
    assert(known.every(({ error }) => Number.isFinite(error) && error > 0));
    // With little noise even a denoiser that knows nothing is nearly right.
    assert(known[0].error < known.at(-1)!.error);
    // More than a batch, and not a whole number of them.
    const prompts = Array.from({ length: 40 }, () => "a red apple");
    const sampled = await measureSamples(model, prompts, 1, 0);
    assert(sampled > 0);
    const sets = [{ set: "openmoji", role: "style" as const, tolerance }, {
      set: "noto",
      role: "base" as const,
      tolerance,
    }];
    const text = noiseTable([{ name: "tiny", sets, denoiser: { known, unseen: known, sampled } }]);
    assertStringIncludes(text, "| openmoji");
    assertStringIncludes(text, "| target styles");
    tf.dispose([model.textEncoder.params, model.unet.params, model.vae.params]);
  });
});
