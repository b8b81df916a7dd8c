/**
 * Runs killed by SIGKILL in the light form of `kills`: a few times each, with small models. Those that
 * adapt a model are killed in `train_test.ts`.
 */
import { assert, assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { useBackend } from "specialist/internal/tensor/mod.ts";
import { kills, type WorkReport } from "./kills.ts";
import { type WorkName, workNames } from "./report.ts";
import { writeTinyModel } from "./tiny_model.ts";

await useBackend();

const killed: WorkName[] = workNames.filter((work) => work !== "adapt");

describe("a run that is killed and started again", () => {
  let model: string;
  let reports: Map<WorkName, WorkReport>;
  beforeAll(async () => {
    model = await Deno.makeTempDir();
    await writeTinyModel(model);
    const reported = await Promise.all(
      killed.map(async (work): Promise<[WorkName, WorkReport]> => {
        // Of this seed, the first moment of each is late enough for a checkpoint to be there.
        const config = { works: [work], kills: 2, seed: 72, steps: 10, threads: 1, model };
        return [work, (await kills(config)).works[0]];
      }),
    );
    reports = new Map(reported);
  });
  afterAll(() => Deno.remove(model, { recursive: true }));

  for (const work of killed) {
    it(`comes to the same metrics, weights and images, bit by bit: ${work}`, () => {
      const { again, rounds } = reports.get(work)!;
      assertEquals([again, ...rounds].map(({ differing }) => differing), [
        [],
        ...rounds.map(() => []),
      ]);
      const startedFrom = rounds.flatMap(({ startedFrom }) => startedFrom);
      assert(startedFrom.some((step) => step > 0), "no checkpoint was used");
      assertEquals(rounds.flatMap(({ kills }) => kills).length, 2);
    });
  }
});
