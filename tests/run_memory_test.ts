/** The estimate of a run's memory, against the peaks that `deno task bench` measured. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { z } from "zod";
import { readJson } from "specialist/internal/runtime/mod.ts";
import { stableDiffusionV1, unetConfigSchema } from "specialist/models";
import { estimateMemory } from "specialist/run_memory.ts";
import { randomModels } from "./bench/random_models.ts";

const root = join(import.meta.dirname!, "..");

const peak = z.looseObject({ peakMemoryBytes: z.number(), loadedMemoryBytes: z.number() });
const recordSchema = z.looseObject({
  work: z.looseObject({
    batch: z.number(),
    size: z.number().optional(),
    gradientCheckpointing: z.boolean().optional(),
  }),
  parameters: z.number().optional(),
  measurements: z.looseObject({ specialist: z.array(peak) }),
});

const base = await readJson(
  join(root, "data/models/emoji-base/unet/config.json"),
  unetConfigSchema,
);

/** The U-Net of each measured step. */
const unets = {
  ...Object.fromEntries(
    [
      ...["batch-1", "batch-2", "batch-8", "batch-32", "training-4", "training-16"],
      ...["latents-8", "latents-32", "latents-64", "latents-64-checkpointing"],
    ].map((name) => [name, base]),
  ),
  "unet-48": randomModels["unet-48"].unet,
  "unet-160": randomModels["unet-160"].unet,
  "unet-320": randomModels["unet-320"].unet,
  "training-sd-v1": stableDiffusionV1.unet,
};

describe("the estimate of a run's memory", () => {
  for (const [name, unet] of Object.entries(unets)) {
    it(`is within an eighth of the measured peak: ${name}`, async () => {
      const record = await readJson(join(root, `results/bench/${name}.json`), recordSchema);
      const { work: { batch, size, gradientCheckpointing }, parameters, measurements } = record;
      const [{ peakMemoryBytes, loadedMemoryBytes }] = measurements.specialist;
      const { compiled, optimizer, sample } = estimateMemory(
        // The bench disposes of the weights that it starts from.
        { unet, side: size!, parameters: 0, trainable: parameters! },
        { gradientCheckpointing },
      );
      const estimate = loadedMemoryBytes + compiled + optimizer + batch * sample;
      const error = estimate / peakMemoryBytes - 1;
      assert(Math.abs(error) < 1 / 8, `off by ${(100 * error).toFixed(0)} %`);
    });
  }
});

describe("a process that computes", { ignore: Deno.build.os !== "linux" }, () => {
  it("is refused memory that is not available, and goes on", async () => {
    const program = join(import.meta.dirname!, "internal/tensor/out_of_memory.ts");
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", program],
      stderr: "inherit",
    }).output();
    const lines = new TextDecoder().decode(stdout).trim().split("\n");
    if (lines[0] === "no limit here") return;
    assertEquals(lines.filter((line) => line.startsWith("error: out of memory")).length, 2);
    assertStringIncludes(lines.join("\n"), "no room for float [400000000], 1.6 GB");
    assertEquals(lines.at(-1), "3,3,3");
  });
});
