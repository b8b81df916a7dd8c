import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Tensor, Tensor1D } from "@tensorflow/tfjs";
import {
  addNoise,
  createScheduler,
  type Sampler,
  samplers,
  type Scheduler,
  snr,
  velocity,
} from "specialist/diffusion";
import { UserError } from "specialist/internal/runtime/mod.ts";
import { compile, tf, useBackend } from "specialist/internal/tensor/mod.ts";
import {
  createNoiseSchedule,
  parseSchedulerConfig,
  readSchedulerConfig,
  type SchedulerConfig,
  stableDiffusionV1Scheduler,
} from "specialist/models";

await useBackend();

const shape = [2, 4, 4, 4];
const trainTimesteps = stableDiffusionV1Scheduler.num_train_timesteps;
const vPrediction: SchedulerConfig = {
  ...stableDiffusionV1Scheduler,
  prediction_type: "v_prediction",
};
const schedule = createNoiseSchedule(stableDiffusionV1Scheduler);

/** Samples with a network that knows the image: its output is always right. */
function sampleWithOracle(config: SchedulerConfig, scheduler: Scheduler, image: Tensor): Tensor {
  return tf.tidy(() => {
    let x: Tensor = tf.mul(tf.randomNormal(shape, 0, 1, "float32", 1), scheduler.initNoiseSigma);
    for (const [i, timestep] of scheduler.timesteps.entries()) {
      const alpha = alphaAt(timestep);
      const input = scheduler.scaleModelInput(x, i);
      const epsilon = tf.div(
        tf.sub(input, tf.mul(image, Math.sqrt(alpha))),
        Math.sqrt(1 - alpha),
      );
      const output = config.prediction_type === "epsilon" ? epsilon : tf.sub(
        tf.mul(epsilon, Math.sqrt(alpha)),
        tf.mul(image, Math.sqrt(1 - alpha)),
      );
      x = scheduler.step(output, i, x, tf.randomNormal(shape, 0, 1, "float32", i));
    }
    return x;
  });
}

/** ᾱ at a timestep that may be fractional, where the noise level is linear between neighbours. */
function alphaAt(timestep: number): number {
  const sigma = (t: number) => {
    const alpha = schedule.alphasCumprod[Math.min(t, trainTimesteps - 1)];
    return Math.sqrt((1 - alpha) / alpha);
  };
  const below = Math.floor(timestep);
  return 1 / (1 + (sigma(below) + (timestep - below) * (sigma(below + 1) - sigma(below))) ** 2);
}

function maxDifference(a: Tensor, b: Tensor): number {
  return tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]);
}

describe("samplers", () => {
  for (const sampler of samplers) {
    for (const config of [stableDiffusionV1Scheduler, vPrediction]) {
      it(`${sampler} finds the image that a perfect ${config.prediction_type} points to`, () => {
        const image = tf.randomUniform(shape, -1, 1, "float32", 7);
        const last = schedule.alphasCumprod[0];
        const scheduler = createScheduler(config, 20, { sampler });
        const found = sampleWithOracle(config, scheduler, image);
        // DDIM and PNDM stop at the first timestep's noise, DDPM adds that much.
        assert(maxDifference(found, image) < 5 * Math.sqrt(1 - last));
        scheduler.dispose();
        tf.dispose([image, found]);
      });
    }

    it(`${sampler} visits timesteps of the schedule, noisiest first`, () => {
      for (const steps of [1, 2, 3, 7, 50, 333]) {
        const { timesteps } = createScheduler(stableDiffusionV1Scheduler, steps, { sampler });
        assert(timesteps.every((t) => t >= 0 && t < trainTimesteps));
        assertEquals(timesteps, timesteps.toSorted((a, b) => b - a));
        assertEquals(new Set(timesteps).size, steps);
      }
    });

    it(`${sampler} leaves no tensor behind`, () => {
      const image = tf.zeros(shape);
      const before = tf.memory().numTensors;
      const scheduler = createScheduler(stableDiffusionV1Scheduler, 8, { sampler });
      sampleWithOracle(stableDiffusionV1Scheduler, scheduler, image).dispose();
      scheduler.dispose();
      assertEquals(tf.memory().numTensors, before);
      image.dispose();
    });

    for (const steps of [0, -1, 2.5, 1001, NaN]) {
      it(`${sampler} refuses ${steps} steps`, () => {
        assertThrows(
          () => createScheduler(stableDiffusionV1Scheduler, steps, { sampler }),
          Error,
          "steps must be a whole number from 1 to 1000",
        );
      });
    }
  }

  it("PNDM calls the network once more than it has steps", () => {
    const { timesteps } = createScheduler(stableDiffusionV1Scheduler, 50);
    assertEquals(timesteps.length, 51);
    assertEquals(timesteps[1], timesteps[2]);
  });

  it("DDIM with eta 0 is deterministic, with eta 1 it is DDPM up to the last step", () => {
    const [x, output, noise] = [1, 2, 3].map((seed) =>
      tf.randomNormal(shape, 0, 1, "float32", seed)
    );
    const step = (sampler: Sampler, eta?: number) =>
      createScheduler(stableDiffusionV1Scheduler, 10, { sampler, eta }).step(output, 0, x, noise);
    assertEquals(
      createScheduler(stableDiffusionV1Scheduler, 10, { sampler: "ddim" }).stochastic,
      false,
    );
    assert(maxDifference(step("ddim", 1), step("ddpm")) < 1e-4);
    assert(maxDifference(step("ddim"), step("ddpm")) > 1e-2);
  });

  it("a stochastic step without noise says so", () => {
    const x = tf.zeros(shape);
    for (const options of [{ sampler: "ddpm" }, { sampler: "ddim", eta: 0.5 }] as const) {
      const scheduler = createScheduler(stableDiffusionV1Scheduler, 10, options);
      assert(scheduler.stochastic);
      assertThrows(() => scheduler.step(x, 0, x), Error, "needs noise at step 0");
    }
  });

  it("refuses what a sampler does not have", () => {
    const linspace = { ...stableDiffusionV1Scheduler, timestep_spacing: "linspace" as const };
    assertThrows(() => createScheduler(linspace, 10), Error, '"linspace" is not supported by pndm');
    assertThrows(
      () => createScheduler(stableDiffusionV1Scheduler, 10, { eta: 1 }),
      Error,
      "option of ddim",
    );
    assertThrows(
      () => createScheduler(stableDiffusionV1Scheduler, 10, { sampler: "ddim", eta: 2 }),
      Error,
      "eta must be from 0 to 1",
    );
    assertThrows(
      () => createScheduler(stableDiffusionV1Scheduler, 1000),
      Error,
      "1000 timesteps with steps_offset 1 do not fit into 0 to 999",
    );
  });
});

describe("forward process", () => {
  const timesteps = tf.tensor1d([0, 999], "int32");
  const [x0, noise] = [1, 2].map((seed) => tf.randomNormal(shape, 0, 1, "float32", seed));

  it("keeps the image at the first timestep and the noise at the last", () => {
    const [first, last] = tf.unstack(addNoise(x0, noise, timesteps, schedule));
    assert(maxDifference(first, tf.unstack(x0)[0]) < 0.1);
    assert(maxDifference(last, tf.unstack(noise)[1]) < 0.3);
  });

  it("keeps variance: noisy² + v² = x0² + noise²", () => {
    const noisy = addNoise(x0, noise, timesteps, schedule);
    const v = velocity(x0, noise, timesteps, schedule);
    const before = tf.add(tf.square(x0), tf.square(noise));
    const after = tf.add(tf.square(noisy), tf.square(v));
    assert(maxDifference(before, after) < 1e-4);
  });

  it("can be compiled, and takes other timesteps without a new trace", () => {
    let traces = 0;
    const noisy = compile((x0: Tensor, noise: Tensor, timesteps: Tensor1D) => {
      traces++;
      return addNoise(x0, noise, timesteps, schedule);
    });
    for (const t of [timesteps, tf.tensor1d([500, 3], "int32")]) {
      assert(maxDifference(noisy(x0, noise, t), addNoise(x0, noise, t, schedule)) < 1e-5);
    }
    assert(tf.getBackend() !== "tensorflow" || traces === 1);
  });

  it("has a signal-to-noise ratio that falls", () => {
    const all = tf.range(0, trainTimesteps, 1, "int32");
    const ratios = snr(schedule, all).dataSync();
    assert(ratios.every((ratio, t) => t === 0 || ratio < ratios[t - 1]));
    assertAlmostEquals(ratios[0], (1 - 0.00085) / 0.00085, 1e-1);
  });
});

describe("scheduler config", () => {
  it("keeps fields that it does not know", () => {
    const config = parseSchedulerConfig({
      ...stableDiffusionV1Scheduler,
      _diffusers_version: "0.6.0",
    });
    assertEquals(config._diffusers_version, "0.6.0");
  });

  it("reads the infinities that Python writes", async () => {
    const path = await Deno.makeTempFile();
    const text = JSON.stringify(stableDiffusionV1Scheduler);
    await Deno.writeTextFile(path, text.replace("{", '{"lambda_min_clipped": -Infinity,'));
    assertEquals((await readSchedulerConfig(path)).lambda_min_clipped, -Infinity);
    await Deno.remove(path);
  });

  const wrong: Record<string, [Partial<Record<keyof SchedulerConfig, unknown>>, string]> = {
    "a beta above one": [{ beta_end: 1.2 }, "beta_end"],
    "a schedule it has not": [{ beta_schedule: "squaredcos_cap_v2" }, "beta_schedule"],
    "a prediction it has not": [{ prediction_type: "sample" }, "prediction_type"],
    "thresholding": [{ thresholding: true }, "thresholding"],
    "PNDM's Runge-Kutta part": [{ skip_prk_steps: false }, "skip_prk_steps"],
  };
  for (const [what, [fields, name]] of Object.entries(wrong)) {
    it(`refuses ${what}, by the field's name`, () => {
      assertThrows(
        () => parseSchedulerConfig({ ...stableDiffusionV1Scheduler, ...fields }),
        Error,
        name,
      );
    });
  }

  it("refuses noise that cannot be computed with", () => {
    for (const fields of [{ beta_end: 0.999 }, { beta_start: 1e-320, beta_end: 1e-320 }]) {
      assertThrows(
        () => parseSchedulerConfig({ ...stableDiffusionV1Scheduler, ...fields }),
        UserError,
        "beta_end",
      );
    }
  });

  it("refuses more timesteps than memory, without making them", () => {
    const config = { ...stableDiffusionV1Scheduler, num_train_timesteps: 2 ** 53 - 1 };
    assertThrows(() => parseSchedulerConfig(config, "a.json"), UserError, "a.json");
  });

  it("refuses a class it does not know, whatever it is called", () => {
    for (const _class_name of ["LCMScheduler", "constructor", "__proto__"]) {
      const config = { ...stableDiffusionV1Scheduler, _class_name };
      assertThrows(() => createScheduler(config, 4), UserError, _class_name);
    }
  });
});
