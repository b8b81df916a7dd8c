import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createRandom, createStreams } from "specialist/data";
import { createScheduler } from "specialist/diffusion";
import { stableDiffusionV1Scheduler } from "specialist/models";
import {
  denseTimesteps,
  full,
  releasedTimesteps,
  sparseTimesteps,
  type Timesteps,
  timestepsOf,
  timestepsSchema,
} from "specialist/specialist";
import { prepareTiny } from "./tiny_methods.ts";

/** All that are drawn in so many draws that none of a thousand is likely to be missing. */
function trained(
  { draw }: Timesteps,
  samplerTimesteps: number[] = [991, 981, 981, 501, 1],
): number[] {
  const drawn = draw(createRandom(0), 30_000, { trainTimesteps: 1000, samplerTimesteps });
  return [...new Set(drawn)].sort((a, b) => a - b);
}

describe("sparse timesteps", () => {
  it("are by default those the sampler visits, each once", () => {
    assertEquals(trained(sparseTimesteps()), [1, 501, 981, 991]);
  });

  it("are the ones every sampler's own run visits", () => {
    for (const sampler of ["pndm", "ddim", "dpm_solver"] as const) {
      const { timesteps } = createScheduler(stableDiffusionV1Scheduler, 100, { sampler });
      const sparse = trained(sparseTimesteps(), timesteps);
      assertEquals(sparse.length, 100);
      assertEquals(new Set(sparse), new Set(timesteps));
    }
  });

  it("round a sampler's fractional timesteps", () => {
    assertEquals(trained(sparseTimesteps(), [999, 499.5, 249.75, 0]), [0, 250, 500, 999]);
  });

  it("can be the reference's grid, an offset below a leading sampler's", () => {
    const { timesteps } = createScheduler(stableDiffusionV1Scheduler, 100);
    const grid = trained(sparseTimesteps({ grid: "reference" }), timesteps);
    assertEquals(grid, Array.from({ length: 100 }, (_, k) => 10 * k));
    assertEquals(trained(sparseTimesteps(), timesteps), grid.map((t) => t + 1));
  });

  it("can be made for another number of steps than images are drawn in", async () => {
    const of = async (timesteps: Timesteps, steps: number) => {
      const { task } = await prepareTiny(full({ timesteps }), {
        sampling: { sampler: "ddim", steps },
      });
      const lines = [0, 1, 2, 3].flatMap((step) =>
        task.samples!(createStreams(0, step), { batchSize: 50 })
      );
      return new Set(lines.map((line) => Number(/timestep (\d+)$/.exec(line)![1])));
    };
    const ten = await of(sparseTimesteps({ samplerSteps: 10 }), 50);
    assertEquals(ten, await of(sparseTimesteps(), 10));
    assertEquals(ten.size, 10);
    assert((await of(denseTimesteps(), 10)).size > 100);
  });

  it("stay below the last timestep where T is no multiple of S", () => {
    assertEquals(trained(sparseTimesteps({ grid: "reference" }), [900, 600, 300]), [0, 333, 666]);
  });

  it("off are all timesteps, or the first S as in the reference", () => {
    assertEquals(trained(denseTimesteps()), Array.from({ length: 1000 }, (_, t) => t));
    assertEquals(trained(releasedTimesteps()), [0, 1, 2, 3]);
  });

  it("are drawn uniformly, and again from the same seed", () => {
    const at = { trainTimesteps: 1000, samplerTimesteps: [991, 981, 501, 1] };
    const draw = () => sparseTimesteps().draw(createRandom(5), 4000, at);
    const batch = draw();
    for (const timestep of at.samplerTimesteps) {
      const share = batch.filter((drawn) => drawn === timestep).length / batch.length;
      assert(Math.abs(share - 1 / 4) < 0.03, `${timestep} was drawn in ${share} of cases`);
    }
    assertEquals(draw(), batch);
  });

  it("are those that a configuration names", () => {
    const named = (config: object) => trained(timestepsOf(timestepsSchema.parse(config)));
    assertEquals(named({}), trained(sparseTimesteps()));
    assertEquals(named({ grid: "reference" }), trained(sparseTimesteps({ grid: "reference" })));
    assertEquals(named({ mode: "dense" }), trained(denseTimesteps()));
    assertEquals(named({ mode: "reference-off" }), trained(releasedTimesteps()));
    assertEquals(timestepsOf(timestepsSchema.parse({ samplerSteps: 10 })).samplerSteps, 10);
  });

  it("refuse a mode or a key they do not know", () => {
    assertThrows(() => timestepsSchema.parse({ mode: "spares" }));
    assertThrows(() => timestepsSchema.parse({ steps: 100 }));
  });
});
