import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import ablation from "experiments/study/ablation.ts";
import { resultsFolder, tableRuns } from "experiments/sweep/collect.ts";
import { type Axis, defineSweep, over, type Sweep, variants } from "experiments/sweep/mod.ts";
import { type Grid, loadSweep, type Plan, planSweep } from "experiments/sweep/plan.ts";
import {
  estimateFrom,
  remainingInWords,
  remainingTime,
  type RunState,
} from "experiments/sweep/run_state.ts";
import { shippedEstimate } from "experiments/sweep/shipped_timings.ts";
import { batchScript, sbatchOptions } from "experiments/sweep/slurm.ts";
import { lineDisplay, sweepScreen } from "experiments/sweep/status.ts";
import { applyPatch, type Patch } from "experiments/sweep/sweep.ts";
import { type RunRecord, UserError } from "specialist/internal/runtime/mod.ts";
import { useBackend } from "specialist/internal/tensor/mod.ts";
import { shippedModel } from "specialist/train_config.ts";
import { writeTinyModel } from "../soak/tiny_model.ts";
import {
  kill,
  processesNaming,
  type Progress,
  type SweepRuns,
  sweepRuns,
} from "./sweep/sweep_runs.ts";

await useBackend();

const here = import.meta.dirname!;

let folder: string;
beforeAll(async () => {
  folder = await Deno.makeTempDir();
  await writeTinyModel(join(folder, "base"));
});
afterAll(() => Deno.remove(folder, { recursive: true }));

const gridOf = ({ title, base, axes, baseline, reference }: Sweep): Grid => ({
  name: "grid",
  file: "grid.ts",
  title,
  base,
  axes,
  baseline,
  reference,
});

/** A plan with the tiny model. */
const planOf = (axes: Axis[], rest: Partial<Sweep> = {}): Promise<Plan> =>
  planSweep(
    gridOf(defineSweep({
      title: "Grid",
      base: { method: { method: "full" }, model: join(folder, "base") },
      axes,
      ...rest,
    })),
    join(folder, "runs"),
  );

describe("a grid", () => {
  it("is each combination once, the last axis varying fastest", () =>
    fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 3 }),
        fc.uniqueArray(fc.nat(1000), { minLength: 1, maxLength: 3 }),
        async (shots, seeds) => {
          const { points, runs } = await planOf([over("shots", shots), over("seed", seeds)]);
          const wanted = shots.flatMap((shots) => seeds.map((seed) => [shots, seed]));
          assertEquals(points.map(({ run: { config } }) => [config.shots, config.seed]), wanted);
          assertEquals(points.map(({ labels }) => labels), wanted.map((row) => row.map(String)));
          assertEquals(new Set(runs.map(({ id }) => id)).size, wanted.length);
        },
      ),
      { numRuns: 10 },
    ));

  it("fills in the defaults of groups that are set in part", async () => {
    const [{ config }] = (await planOf([over("training.learningRate.peak", [0.5])])).runs;
    assertEquals(config.training.learningRate.peak, 0.5);
    assertEquals([config.training.steps, config.training.learningRate.warmup], [200, 20]);
  });

  it("refuses two rows that ask for the same run, before any run", async () => {
    const axes = [variants("steps", { "usual": {}, "many": { training: { steps: 200 } } })];
    await assertRejects(() => planOf(axes), UserError, "same run: usual, many");
  });

  it("has the ids that single runs have", async () => {
    const [{ id, folder: run, config, identity }] = (await planOf([over("seed", [7])])).runs;
    assertEquals([config.output, identity.seed], [run, 7]);
    assert(run.endsWith(id));
  });

  it("names the combination and the field that is wrong", async () => {
    const misspelt = { training: { step: 3 } } as unknown as Patch;
    const axes = [variants("variant", { good: {}, bad: misspelt }), over("seed", [0, 1])];
    const error = await assertRejects(() => planOf(axes), UserError);
    for (
      const part of ["grid.ts", "bad · 0", 'training.step: unknown field, did you mean "steps"?']
    ) {
      assertStringIncludes(error.message, part);
    }
  });

  it("refuses an unknown style, and more shots than there are", async () => {
    await assertRejects(() => planOf([over("style", ["clay"])]), UserError, "unknown style");
    await assertRejects(() => planOf([over("shots", [9])]), UserError, "only 8 shots");
  });

  it("refuses a reference that is no row, before any run", async () => {
    const axes = [over("shots", [1, 2]), over("seed", [0])];
    assertEquals((await planOf(axes, { reference: "2" })).reference, "2");
    await assertRejects(() => planOf(axes, { reference: "3" }), UserError, "choose one of 1, 2");
  });

  it("is typed: wrong fields and values do not compile", () => {
    // @ts-expect-error no such field
    over("training.step", [1]);
    // @ts-expect-error no such value
    over("method.timesteps.mode", ["sparse", "often"]);
    // @ts-expect-error no such field
    variants("variant", { bad: { method: { contentLoss: { enable: false } } } });
    // @ts-expect-error where runs lie is up to the sweep
    variants("variant", { bad: { output: "elsewhere" } });
    over("method.timesteps.mode", ["sparse", "dense"]);
  });

  it("needs axes with different names", () => {
    const axes = [over("seed", [0]), over("seed", [1])];
    assertThrows(() => defineSweep({ title: "Twice", base: {}, axes }), Error, "same name");
  });
});

describe("a patch", () => {
  const values = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, fc.integer(), fc.array(fc.integer()), tie("group")),
    group: fc.dictionary(fc.constantFrom("a", "b", "c"), tie("value")),
  })).group as fc.Arbitrary<Patch>;

  it("laid over nothing, or with nothing laid over it, is itself", () =>
    fc.assert(fc.property(values, (patch) => {
      assertEquals(applyPatch({}, patch), patch);
      assertEquals(applyPatch(patch, {}), patch);
      assertEquals(applyPatch(patch, patch), patch);
    })));

  it("keeps what the other does not name, and replaces lists", () => {
    const base: Patch = { shots: 4, training: { steps: 5, batchSize: 2 } };
    const patch: Patch = { training: { steps: 6 }, evaluation: { every: 3 } };
    assertEquals(applyPatch(base, patch), {
      shots: 4,
      training: { steps: 6, batchSize: 2 },
      evaluation: { every: 3 },
    });
    const transforms = (names: ("invert" | "solarize")[]): Patch => ({
      method: { augmentation: { transforms: names } },
    });
    assertEquals(
      applyPatch(transforms(["invert", "solarize"]), transforms(["solarize"])),
      transforms(["solarize"]),
    );
  });
});

describe("the shipped sweeps", () => {
  for (const name of ["parts", "ablation", "transform_dose", "transform_dose_early", "grid_dose"]) {
    it(`${name} is valid, whole and quick`, async () => {
      const file = join(here, "..", "..", "experiments", "study", `${name}.ts`);
      const [whole, quick] = [await loadSweep(file, false), await loadSweep(file, true)];
      assertEquals([whole.name, quick.name], [name, `${name}-quick`]);
      const model = { model: join(folder, "base") };
      const sizes = [];
      for (const grid of [whole, quick]) {
        const base = applyPatch(grid.base, model);
        sizes.push((await planSweep({ ...grid, base }, "runs")).runs.length);
      }
      assert(sizes[0] > sizes[1]);
    });
  }

  it("ablation has the paper's rows", () => {
    assertEquals(
      [ablation.baseline, ...ablation.axes[0].choices.map(({ label }) => label)],
      [
        "base model",
        "full method",
        "w/o retrieval",
        "w/o synonym + retrieval",
        "w/o content loss",
        "w/o sparse updating",
      ],
    );
  });
});

describe("a sweep's file", () => {
  it("has its results where it lies itself, or by its name alone if it lies elsewhere", () => {
    const folderOf = (file: string, name: string) => resultsFolder({ file, name });
    assertEquals(
      folderOf("experiments/study/gate.ts", "gate-quick"),
      join("results", "study", "gate-quick"),
    );
    assertEquals(folderOf(resolve("experiments/small.ts"), "small"), join("results", "small"));
    assertEquals(folderOf(join(folder, "own.ts"), "own"), join("results", "own"));
  });

  const write = async (text: string) => {
    const file = join(folder, `${crypto.randomUUID()}.ts`);
    await Deno.writeTextFile(file, text);
    return file;
  };

  it("is refused where it is missing, exports nothing, or something else", async () => {
    await assertRejects(
      () => loadSweep(join(folder, "none.ts"), false),
      UserError,
      "cannot read the sweep",
    );
    const nothing = await write("export const sweep = 1;");
    await assertRejects(() => loadSweep(nothing, false), UserError, "no default export");
    const other = await write('export default { title: "A", base: {}, axis: [] };');
    const error = await assertRejects(() => loadSweep(other, false), UserError);
    assertStringIncludes(error.message, 'axis: unknown field, did you mean "axes"?');
  });

  it("that has no quick form says so", async () => {
    const file = join(here, "sweep", "tiny_sweep.ts");
    await assertRejects(() => loadSweep(file, true), UserError, "no quick form");
  });
});

describe("the time of a sweep", () => {
  const finished = (run: Plan["runs"][number], seconds: number, attempts = 1): RunRecord => ({
    format: 1,
    id: run.id,
    fingerprint: "0".repeat(64),
    ...run.identity,
    config: JSON.parse(JSON.stringify(run.identity.config)),
    attempts: Array.from(
      { length: attempts },
      () => ({ startedAt: "2026-01-01T00:00:00.000Z", fromStep: 0, backend: "cpu" }),
    ),
    status: "finished",
    finishedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString(),
    results: {},
  });

  it("is that of runs that differ in style, shots and seed only", async () => {
    const { runs } = await planOf([over("shots", [1, 2]), over("training.steps", [10, 20])]);
    const estimate = estimateFrom([finished(runs[0], 50)]);
    assertEquals(runs.map(estimate), [50, undefined, 50, undefined]);
    assertEquals(estimateFrom([finished(runs[0], 50, 2)])(runs[0]), undefined);
  });

  it("is right where the clock was set back meanwhile", async () => {
    const { runs: [run] } = await planOf([over("seed", [0])]);
    const record = finished(run, -3600);
    record.attempts[0].seconds = 50;
    const estimate = estimateFrom([record]);
    assertEquals(estimate(run), 50);
    const since = new Date(Date.now() + 3_600_000);
    const states = new Map([[run, { status: "running", since, step: 1, steps: 9 } as RunState]]);
    assertEquals(remainingInWords(remainingTime(states, estimate, 1)), "50s");
  });

  it("is that of the demo's record with the shipped model, as fast as the machine is", async () => {
    const { runs } = await planOf([over("training.steps", [200, 400])]);
    const shipped = runs.map((run) => ({ ...run, config: { ...run.config, model: shippedModel } }));
    const seconds = async (records: RunRecord[], speed: number) => {
      const { estimate, source } = await shippedEstimate(records, shipped, () => speed);
      return { times: shipped.map((run) => estimate(run)!), source };
    };
    const { times: [short, long], source } = await seconds([], 1);
    assert(short > 10 && long > 1.1 * short && long < 2 * short, `${short} ${long}`);
    assertStringIncludes(source, "short test");
    const slow = await seconds([], 0.5);
    assertAlmostEquals(slow.times[0], 2 * short, 1e-6);
    // A record's times are whole seconds.
    const done = await seconds([finished(runs[0], Math.floor(3 * short))], 1);
    assertAlmostEquals(done.times[1], 3 * long, 6);
    assertStringIncludes(done.source, "finished runs");
    const { estimate } = await shippedEstimate([], runs);
    assertEquals(runs.map(estimate), [undefined, undefined]);
  });

  it("is unknown while no run tells, and shared out among the jobs", async () => {
    const { runs } = await planOf([over("seed", [0, 1, 2, 3])]);
    const states = new Map(runs.map((run): [typeof run, RunState] => [run, { status: "waiting" }]));
    assertEquals(remainingInWords(remainingTime(states, () => undefined, 1)), "unknown");
    const left = (jobs: number, known = runs) =>
      remainingInWords(remainingTime(states, (run) => known.includes(run) ? 60 : undefined, jobs));
    assertEquals([left(1), left(2), left(9)], ["4m", "2m", "1m"]);
    assertEquals(left(1, runs.slice(1)), "about 4m (1 run of unknown length)");
  });
});

describe("a sweep's table", () => {
  it("has a row for all that differs but style and seed, of finished runs only", async () => {
    const plan = await planOf([
      over("shots", [1, 2]),
      over("style", ["openmoji", "fluent-emoji-flat"]),
      over("seed", [0, 5]),
    ]);
    const [first, ...others] = plan.runs;
    const record = { ...first.identity, id: first.id } as unknown as RunRecord;
    const states = new Map(plan.runs.map((run): [typeof run, RunState] => [run, {
      status: "finished",
      record,
    }]));
    states.set(first, { status: "waiting" });
    const cells = tableRuns(plan, states);
    assertEquals(cells.length, others.length);
    const [{ label, style, shots, seed }] = cells;
    assertEquals({ label, style, shots, seed }, {
      label: "1",
      style: "openmoji",
      shots: 1,
      seed: 5,
    });
    assertEquals(cells.at(-1)!.label, "2");
  });
});

describe("a sweep's display", () => {
  it("says in a log what has changed, and on a screen what goes on", async () => {
    const { runs: [a, b] } = await planOf([over("seed", [0, 1])]);
    const lines: string[] = [];
    const display = lineDisplay((line) => lines.push(line));
    const running: RunState = { status: "running", since: new Date(), step: 3, steps: 9 };
    const failed: RunState = { status: "failed", error: "no luck\nat all" };
    const statesOf = (...states: RunState[]) => new Map([[a, states[0]], [b, states[1]]]);
    display.show(statesOf(running, { status: "waiting" }), "1m");
    display.show(statesOf(failed, running), "30s");
    display.show(statesOf(failed, running), "20s");
    assertEquals(lines.length, 4);
    assertStringIncludes(lines[1], `0 (${a.id}): failed: no luck`);
    const screen = sweepScreen(statesOf(failed, running), "20s", 24);
    const summary = "0 of 2 runs finished · 1 running · 1 failed · time left: 20s";
    for (const part of ["3/9", "no luck", summary]) assertStringIncludes(screen, part);
    const small = sweepScreen(statesOf(failed, running), "20s", 5);
    assert(small.split("\n").length <= 5);
  });
});

describe("a job for Slurm", () => {
  const options = { name: "methods", runs: "runs", threads: 4 };

  it("asks for what was asked for, and leaves the rest to the cluster", () => {
    const usual = [
      "--parsable",
      "--job-name=methods",
      "--array=0-8",
      "--cpus-per-task=4",
      "--output=runs/slurm-%A_%a.log",
    ];
    assertEquals(sbatchOptions(9, options), usual);
    const more = sbatchOptions(9, { ...options, jobs: 2, gres: "gpu:1", memory: "8G" });
    assertEquals(more, [...usual.with(2, "--array=0-8%2"), "--gres=gpu:1", "--mem=8G"]);
  });

  it("names its runs so that a shell reads them as they are", {
    ignore: Deno.build.os === "windows",
  }, async () => {
    const folders = ["runs/full-1", "it's a $HOME/`run`", 'runs/"2"\\ '];
    const script = batchScript(folders, options).replace(/^exec .*\\$/m, "printf '%s' \\");
    for (const [task, folder] of folders.entries()) {
      const { stdout } = await new Deno.Command("bash", {
        args: ["-c", script],
        env: { SLURM_ARRAY_TASK_ID: `${task}` },
      }).output();
      assertEquals(new TextDecoder().decode(stdout), folder);
    }
  });
});

describe("a sweep from end to end", () => {
  let sweeps: SweepRuns;
  beforeAll(() => {
    sweeps = sweepRuns(folder);
  });
  const tiny = (place: string, ...options: string[]) =>
    sweeps.sweep("tiny_sweep", place, "--threads", "1", ...options);
  const until = async (condition: () => Promise<boolean>) => {
    while (!await condition()) await delay(20);
  };

  it("lists its runs, and does none, when dry", async () => {
    const { code, out } = await tiny("dry", "--dry-run");
    assertEquals(code, 0);
    const [summary] = out.split("\n");
    assertStringIncludes(summary, "2 points, 2 runs: 2 waiting");
    for (const part of ["whole U-Net", "lora-", "unknown"]) assertStringIncludes(out, part);
    assertEquals(await sweeps.recordsIn("dry"), []);
    const { err } = await sweeps.collect("tiny_sweep", "dry");
    assertStringIncludes(err, "no run of this sweep is finished");
  });

  it("killed at any moment and started again, ends with the same table", async () => {
    const undisturbed = await tiny("whole");
    assertEquals(undisturbed.code, 0);
    for (const part of ["base model", "whole U-Net", "LoRA"]) {
      assertStringIncludes(undisturbed.out, part);
    }

    type Moment = { method: string; reached(progress: Progress): boolean; killed: "all" | "sweep" };
    const moments: Moment[] = [
      { method: "full", reached: ({ status }) => status === "loading", killed: "all" },
      { method: "full", reached: ({ step }) => step >= 2, killed: "all" },
      { method: "full", reached: ({ step }) => step >= 4, killed: "sweep" },
      { method: "lora", reached: ({ step }) => step >= 2, killed: "all" },
    ];
    for (const { method, reached, killed } of moments) {
      const child = sweeps.start("tiny_sweep", "killed", "--threads", "1");
      await until(async () => reached(await sweeps.progressOf(method, "killed")));
      kill(child.pid);
      if (killed === "all") {
        for (const pid of processesNaming(join(folder, "killed"))) kill(pid);
      }
      await Promise.all([child.stdout.cancel(), child.stderr.cancel(), child.status]);
    }
    assertEquals((await tiny("killed")).code, 0);
    assertEquals(await sweeps.tableIn("killed"), await sweeps.tableIn("whole"));
    assertEquals(processesNaming(join(folder, "killed")), []);

    const attempts = (await sweeps.recordsIn("killed")).map(({ attempts }) => attempts.length);
    assert(attempts.every((count) => count > 1), "a run was not interrupted");
    assertEquals((await tiny("killed")).code, 0);
    const later = (await sweeps.recordsIn("killed")).map(({ attempts }) => attempts.length);
    assertEquals(later, attempts, "a finished run was done again");
  });

  it("keeps a failed run with its error, and does it again on demand", async () => {
    const first = await sweeps.sweep("failing_sweep", "failing");
    assertEquals(first.code, 1);
    const failedIn = async () =>
      (await sweeps.recordsIn("failing")).find(({ status }) => status === "failed")!;
    const failed = await failedIn();
    for (const part of ["1 of 2 runs failed", "LoRA of nothing", failed.error!]) {
      assertStringIncludes(first.err, part);
    }
    assertStringIncludes(first.out, "No run of LoRA of nothing is finished: compared with LoRA");
    assertStringIncludes(await sweeps.tableIn("failing"), "LoRA,1,");

    assertEquals((await sweeps.sweep("failing_sweep", "failing")).code, 1);
    assertEquals((await failedIn()).attempts.length, failed.attempts.length);
    assertEquals((await sweeps.sweep("failing_sweep", "failing", "--retry")).code, 1);
    assertEquals((await failedIn()).attempts.length, failed.attempts.length + 1);
  });

  it("records how a run's process ended that could not say so, and retries it to the same end", {
    ignore: Deno.build.os !== "linux",
  }, async () => {
    const child = sweeps.start("tiny_sweep", "crashed", "--threads", "1");
    await until(async () => (await sweeps.progressOf("full", "crashed")).step >= 2);
    for (const pid of processesNaming(join(folder, "crashed", "runs", "full"))) kill(pid);
    const { code, stderr } = await child.output();
    assertEquals(code, 1);
    assertStringIncludes(new TextDecoder().decode(stderr), "killed by SIGKILL");
    assertEquals((await tiny("crashed", "--retry")).code, 0);
    assertEquals(await sweeps.tableIn("crashed"), await sweeps.tableIn("whole"));
  });

  it("stops on Ctrl-C, with its runs, and resumes", {
    ignore: Deno.build.os === "windows",
  }, async () => {
    const child = sweeps.start("tiny_sweep", "stopped", "--threads", "1");
    await until(async () => (await sweeps.progressOf("full", "stopped")).step >= 2);
    child.kill("SIGINT");
    const { code, stderr } = await child.output();
    assertEquals(code, 130);
    const words = new TextDecoder().decode(stderr);
    assertStringIncludes(words, "run the same command again to resume");
    assertEquals(processesNaming(join(folder, "stopped")), []);
    assertEquals((await sweeps.progressOf("full", "stopped")).status, "interrupted");
    assertEquals((await tiny("stopped")).code, 0);
    assertEquals(await sweeps.tableIn("stopped"), await sweeps.tableIn("whole"));
  });
});
