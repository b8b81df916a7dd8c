/** What may befall a run's folder: other processes, damage, a full disk, a clock that is set back. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import {
  Interrupted,
  listRuns,
  performRun,
  readMetrics,
  readRunRecord,
  renderError,
  runIdOf,
  UserError,
} from "specialist/internal/runtime/mod.ts";
import { identity, sumSteps, withClock } from "./records/sum_run.ts";

let folder: string;
beforeEach(async () => {
  folder = join(await Deno.makeTempDir(), "run");
});
afterEach(() => Deno.remove(join(folder, ".."), { recursive: true }));

const perform = (work: Parameters<typeof performRun>[1] = sumSteps) =>
  performRun({ identity, folder, backend: "cpu" }, work);

/** Leaves a run that was stopped after a step. */
const stopAfter = (step: number) =>
  assertRejects(() => perform((run) => sumSteps(run, step)), Interrupted);

describe("two processes on one run", () => {
  /** Another process that holds the run, until it is killed. */
  async function holder(): Promise<Deno.ChildProcess> {
    const program = join(import.meta.dirname!, "records", "holder.ts");
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", program, folder],
      stdout: "piped",
    }).spawn();
    const reader = process.stdout.getReader();
    await reader.read();
    await reader.cancel();
    return process;
  }

  const statusInList = async () => (await listRuns(join(folder, "..")))[0].record.status;

  it("the second is told which the first is; one that was killed is not in the way", async () => {
    const first = await holder();
    const error = await assertRejects(() => perform(), UserError);
    assertEquals(await statusInList(), "running");
    first.kill("SIGKILL");
    await first.status;
    assertEquals(await statusInList(), "interrupted");
    if (Deno.build.os !== "windows") {
      for (const part of [`process ${first.pid} on ${Deno.hostname()}, since 20`, folder]) {
        assertStringIncludes(error.message, part);
      }
    }
    assertEquals((await perform()).results, { sum: 91 });
  });
});

describe("a run's folder", () => {
  for (const what of ["removed", "replaced by another"]) {
    it(`that is ${what} meanwhile is not written to`, async () => {
      const other = join(folder, "run.json");
      const error = await assertRejects(() =>
        perform(async (run) => {
          await Deno.remove(folder, { recursive: true });
          if (what !== "removed") {
            await Deno.mkdir(folder);
            await Deno.writeTextFile(other, "another's");
            await Deno.writeTextFile(join(folder, "lock"), "another's");
          }
          await run.saveCheckpoint(1, () => Promise.resolve());
          return {};
        }), UserError);
      assertStringIncludes(renderError(error), "removed or replaced");
      if (what === "removed") await assertRejects(() => Deno.stat(folder), Deno.errors.NotFound);
      else assertEquals(await Deno.readTextFile(other), "another's");
    });
  }

  it("whose checkpoint is missing is left as it is", async () => {
    await stopAfter(4);
    const checkpoints = join(folder, "checkpoints");
    await Deno.rename(join(checkpoints, "step-00000004"), join(checkpoints, "kept"));
    const error = await assertRejects(() => perform(), UserError);
    assertStringIncludes(error.message, "step-00000004");
    await Deno.rename(join(checkpoints, "kept"), join(checkpoints, "step-00000004"));
    assertEquals((await perform()).results, { sum: 91 });
  });

  it("is cleared of a folder that a killed process left unfinished", async () => {
    await stopAfter(4);
    const left = join(folder, "model.0123abcd.part");
    await Deno.mkdir(join(left, "unet"), { recursive: true });
    await perform();
    await assertRejects(() => Deno.stat(left), Deno.errors.NotFound);
  });

  it("names the file that a full disk refused to add to", {
    ignore: Deno.build.os !== "linux",
  }, async () => {
    const metrics = join(folder, "metrics.jsonl");
    const error = await assertRejects(() =>
      perform(async (run) => {
        await Deno.remove(metrics);
        await Deno.symlink("/dev/full", metrics);
        await run.log({ step: 1 });
        return {};
      })
    );
    for (const part of ["disk full", metrics, "free some space"]) {
      assertStringIncludes(renderError(error), part);
    }
    await Deno.remove(metrics);
    assertEquals((await perform()).results, { sum: 91 });
  });
});

describe("a torn line of metrics", () => {
  const tear = (text: string) => Deno.writeTextFile(join(folder, "metrics.jsonl"), text);

  it("is dropped where it is the last", async () => {
    await stopAfter(2);
    for (const end of ["", '{"step', '{"step":3,"sum":1', "\0\0\0"]) {
      await tear(`{"step":1,"sum":1}\n${end}`);
      assertEquals(await readMetrics(folder), [{ step: 1, sum: 1 }]);
    }
    await perform();
    assertEquals((await readMetrics(folder)).map(({ step }) => step), [1, 3, 4, 5, 6]);
  });

  it("is named elsewhere, and nothing is lost", async () => {
    await stopAfter(4);
    const before = await readRunRecord(folder);
    for (const line of ['{"step":2,"su', '{"step":-2}', "[]"]) {
      await tear(`{"step":1,"sum":1}\n${line}\n{"step":3,"sum":14}\n`);
      const error = await assertRejects(() => perform(), UserError);
      assertStringIncludes(error.message, `${join(folder, "metrics.jsonl")}, line 2`);
    }
    assertEquals(await readRunRecord(folder), before);
    await tear("");
    assertEquals((await perform()).results, { sum: 91 });
  });
});

describe("a clock that is set back", () => {
  it("changes neither a run's end, nor how long it took, nor its place among others", () =>
    withClock(async (set) => {
      const parent = join(folder, "..");
      set("2031-01-01");
      const before = { ...identity, seed: 2 };
      await performRun({ identity: before, parent, backend: "cpu" }, sumSteps);
      set("2032-01-01");
      await stopAfter(3);
      set("1999-01-01");
      const record = await perform((run) => {
        set("1990-01-01");
        return sumSteps(run);
      });

      assertEquals([record.status, record.results], ["finished", { sum: 91 }]);
      assertEquals(record.attempts.map(({ fromStep }) => fromStep), [0, 2]);
      for (const { seconds } of record.attempts) assert(seconds! > 0 && seconds! < 60);
      const ids = (await listRuns(parent)).map(({ record }) => record.id);
      assertEquals(ids, [before, identity].map(runIdOf));
    }));
});
