import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { runs } from "experiments/commands/list_runs.ts";
import { compareRuns, findRun, findRuns, UserError } from "specialist";
import { type RunResult, runResultSchema } from "specialist/evaluation";
import { performRun, runIdOf, type RunRecord } from "specialist/internal/runtime/mod.ts";

const concepts = ["apple", "bus", "cat"];

/** Scores as a run has them, with these likenesses of the concepts. */
function resultWith(truth: number[], content: number): RunResult {
  const scores = { concepts: { truth, content: truth.map(() => content) }, set: { kid: 1 } };
  const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length;
  const compared = (name: "truth" | "content", better: "higher", after: number) => ({
    ...{ name, title: name, description: "", better, before: 0, after },
    interval: { low: -1, high: 1 },
  });
  return runResultSchema.parse({
    subjects: truth.length,
    scores: [compared("truth", "higher", mean), compared("content", "higher", content)],
    concepts,
    ...{ before: scores, after: scores, strengths: [], skippedSteps: 0 },
    drift: { concepts, values: [0.25, 0.5, 0.75] },
    phases: [],
    ...{ trainingSeconds: 1, adapterBytes: 1, peakMemoryBytes: 1 },
    curves: { shots: [], heldOut: [], clipScore: [], truth: [], seconds: [] },
  });
}

let folder: string;
let ids: Record<"lora" | "full" | "stopped", string>;

beforeAll(async () => {
  folder = await Deno.makeTempDir();
  const add = async (
    { kind, style, peak, steps }: { kind: string; style: string; peak: number; steps: number },
    end: () => Promise<RunRecord["results"]>,
  ) => {
    const identity = {
      kind,
      config: {
        ...{ style, shots: 8, method: { name: kind, trainable: [{ name: kind }] } },
        training: { steps, batchSize: 4, learningRate: { peak } },
      },
      ...{ seed: 0, versions: { specialist: "1" }, datasets: { style: "abc" } },
    };
    await performRun({ identity, parent: folder, backend: "none" }, end).catch(() => {});
    return runIdOf(identity);
  };
  const finish = (result: RunResult) => () => Promise.resolve(JSON.parse(JSON.stringify(result)));
  const stop = () => Promise.reject(new Error("the disk is full"));
  ids = {
    lora: await add(
      { kind: "lora", style: "openmoji", peak: 8e-3, steps: 200 },
      finish(resultWith([0.5, 0.6, 0.7], 20)),
    ),
    full: await add(
      { kind: "full", style: "openmoji", peak: 4e-4, steps: 100 },
      finish(resultWith([0.6, 0.8, 0.7], 18)),
    ),
    stopped: await add({ kind: "lora", style: "noto", peak: 1e-3, steps: 100 }, stop),
  };
});
afterAll(() => Deno.remove(folder, { recursive: true }));

/** What `deno task specialist runs` prints with these words. */
async function printed(...words: string[]): Promise<string> {
  const lines: string[] = [];
  const { log } = console;
  console.log = (line: string) => void lines.push(line);
  try {
    await runs().parseAsync(words, { from: "user" });
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}

describe("runs", () => {
  it("lists style, method, rate, steps, scores and duration of each", async () => {
    const rows = await findRuns(folder);
    assertEquals(rows.map(({ id }) => id), Object.values(ids));
    const [{ seconds, startedAt, ...row }] = rows;
    assert(seconds! >= 0 && startedAt! > "2026");
    assertEquals(row, {
      ...{ id: ids.lora, status: "finished", style: "openmoji", method: "lora", shots: 8, seed: 0 },
      ...{ rate: 0.008, steps: 200, done: 200, folder: join(folder, ids.lora) },
      scores: { likeness: 0.6, content: 20, drift: 0.5 },
    });
    const text = await printed(folder);
    for (const title of ["rate", "likeness", "content", "drift", "duration"]) {
      assertStringIncludes(text.split("\n")[0], title);
    }
    assert(/failed +noto +lora +0\.001 +0 \/ 100 /.test(text), text);
  });

  it("takes conditions on columns, scores and settings, all of which must hold", async () => {
    const kept = async (...where: string[]) =>
      (await findRuns(folder, { where })).map(({ id }) => id);
    assertEquals(await kept("style=openmoji", "steps>=200"), [ids.lora]);
    assertEquals(await kept("likeness>0.65"), [ids.full]);
    assertEquals(await kept("method~lor", "status!=finished"), [ids.stopped]);
    assertEquals(await kept("training.learningRate.peak<0.001"), [ids.full]);
    const text = await printed(folder, "--where", "style=openmoji", "--where", "content>19");
    assert(text.includes(ids.lora) && !text.includes(ids.full));
  });

  it("sorts scores from best to worst and all else from the least, or the other way", async () => {
    const order = async (sort: string) => (await findRuns(folder, { sort })).map(({ id }) => id);
    assertEquals(await order("likeness"), [ids.full, ids.lora, ids.stopped]);
    assertEquals(await order("-likeness"), [ids.lora, ids.full, ids.stopped]);
    assertEquals(await order("rate"), [ids.full, ids.stopped, ids.lora]);
    const json = JSON.parse(await printed(folder, "--sort", "-rate", "--json"));
    assertEquals(json.map(({ id }: { id: string }) => id), [ids.lora, ids.stopped, ids.full]);
  });

  it("says which fields there are for one that no run has", async () => {
    const error = await assertRejects(() => findRuns(folder, { sort: "likness" }), UserError);
    assertStringIncludes(error.message, 'did you mean "likeness"?');
    await assertRejects(() => findRuns(folder, { where: ["openmoji"] }), UserError, "FIELD");
  });

  it("shows one by its id, the start of it or its folder: settings, scores, files", async () => {
    for (const name of [ids.full, "full", join(folder, ids.full)]) {
      assertEquals((await findRun(name, folder)).record.id, ids.full);
    }
    const text = await printed("show", "full", "--folder", folder);
    for (const part of ["training.batchSize", "Scores of 3 concepts", join(folder, ids.full)]) {
      assertStringIncludes(text, part);
    }
    assertStringIncludes(
      await printed("show", ids.stopped, "--folder", folder),
      "the disk is full",
    );
    const { record } = JSON.parse(await printed("show", "full", "--folder", folder, "--json"));
    assertEquals(record.id, ids.full);
    const several = await assertRejects(() => findRun("lora", folder), UserError);
    assertStringIncludes(several.message, ids.stopped);
    await assertRejects(() => findRun("lorra", folder), UserError, "there is no run");
  });

  it("compares two: only what differs, and scores on the concepts of both", async () => {
    const [a, b] = [await findRun(ids.lora, folder), await findRun(ids.full, folder)];
    const { settings, scores } = compareRuns(a, b);
    assertEquals(settings.map(({ field }) => field), [
      ...["kind", "method.name", "method.trainable.full", "method.trainable.lora"],
      ...["training.steps", "training.learningRate.peak"],
    ]);
    const truth = scores.find(({ name }) => name === "truth")!;
    assertEquals([truth.a, truth.b, truth.concepts].map((value) => value!.toFixed(2)), [
      ...["0.60", "0.70", "3.00"],
    ]);
    const { value, low, high } = truth.difference!;
    assert(low < value && value < high && Math.abs(value - 0.1) < 1e-9);
    const text = await printed("diff", ids.lora, ids.full, "--folder", folder);
    assert(/training\.steps +200 +100/.test(text), text);
    assertStringIncludes(
      await printed("diff", ids.lora, ids.stopped, "--folder", folder),
      "no score to compare",
    );
  });
});
