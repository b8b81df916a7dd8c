import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { timestepsFor } from "specialist/methods/diffusion_step.ts";
import { createRandom } from "specialist/random/mod.ts";
import { createScheduler, stableDiffusionV1 } from "specialist/schedulers/mod.ts";
import {
  drawTimesteps,
  type TimestepsConfig,
  timestepsSchema,
  trainedTimesteps,
} from "specialist/specialist/timesteps.ts";

const trained = (config: Partial<TimestepsConfig>, sampler = [991, 981, 981, 501, 1]) => [
  ...trainedTimesteps(timestepsSchema.parse(config), 1000, sampler),
];

describe("sparse timesteps", () => {
  it("are by default those the sampler visits, each once", () => {
    assertEquals(trained({}), [1, 501, 981, 991]);
  });

  it("are the ones every sampler's own run visits", () => {
    for (const sampler of ["pndm", "ddim", "dpm_solver"] as const) {
      const { timesteps } = createScheduler(stableDiffusionV1, 100, { sampler });
      const sparse = trained({}, timesteps);
      assertEquals(sparse.length, 100);
      assertEquals(new Set(sparse), new Set(timesteps));
    }
  });

  it("round a sampler's fractional timesteps", () => {
    assertEquals(trained({}, [999, 499.5, 249.75, 0]), [0, 250, 500, 999]);
  });

  it("can be the reference's grid, an offset below a leading sampler's", () => {
    const { timesteps } = createScheduler(stableDiffusionV1, 100);
    const grid = trained({ grid: "reference" }, timesteps);
    assertEquals(grid, Array.from({ length: 100 }, (_, k) => 10 * k));
    assertEquals(trained({}, timesteps), grid.map((t) => t + 1));
  });

  it("can be made for another number of steps than pictures are drawn in", () => {
    const model = { scheduler: stableDiffusionV1 };
    const of = (config: Partial<TimestepsConfig>, steps: number) =>
      timestepsFor(model, timestepsSchema.parse(config), { sampler: "ddim", steps });
    assertEquals(of({ samplerSteps: 10 }, 50), of({}, 10));
    assertEquals(of({ samplerSteps: 10 }, 50).length, 10);
    assertEquals(of({ mode: "dense", samplerSteps: 10 }, 50).length, 1000);
  });

  it("stay below the last timestep where T is no multiple of S", () => {
    assertEquals(trained({ grid: "reference" }, [900, 600, 300]), [0, 333, 666]);
  });

  it("off are all timesteps, or the first S as in the reference", () => {
    assertEquals(trained({ mode: "dense" }), Array.from({ length: 1000 }, (_, t) => t));
    assertEquals(trained({ mode: "reference-off" }), [0, 1, 2, 3]);
  });

  it("are drawn uniformly, and again from the same seed", () => {
    const visited = Int32Array.from([1, 501, 981, 991]);
    const batch = drawTimesteps(visited, 4000, createRandom(5));
    for (const timestep of visited) {
      const share = batch.filter((drawn) => drawn === timestep).length / batch.length;
      assert(Math.abs(share - 1 / 4) < 0.03, `${timestep} was drawn in ${share} of cases`);
    }
    assertEquals(drawTimesteps(visited, 4000, createRandom(5)), batch);
  });

  it("refuse a mode or a key they do not know", () => {
    assertThrows(() => timestepsSchema.parse({ mode: "spares" }));
    assertThrows(() => timestepsSchema.parse({ steps: 100 }));
  });
});
