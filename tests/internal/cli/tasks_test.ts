/**
 * Every task of deno.json, and every command of `deno task specialist`, as users run them: in processes
 * of their own, with no more permissions than they give themselves, at their smallest settings. What
 * writes into the project works in a copy of it.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import manifest from "../../../deno.json" with { type: "json" };
import { jupyterOrReason } from "../../notebook/jupyter/jupyter.ts";
import { listRuns, plannedRun, plannedValueRun, writeInputs } from "./task_inputs.ts";
import { changesIn, copyProject, endOf, root, startTask } from "./tasks.ts";

const folder = await Deno.makeTempDir();
const copy = join(folder, "project");
const at = (name: string) => join(folder, name);

const jupyter = await jupyterOrReason();
const noJupyter = typeof jupyter === "string" ? jupyter : undefined;

/** A task's smallest invocation, and what comes of it. */
type Invocation = {
  args?: string[] | (() => Promise<string[]>);
  /** What it says when it has done its work; anything by default. */
  says?: RegExp;
  /** Files that it writes, below the folder of this test. */
  writes?: readonly string[];
  /** For what writes nothing into the project. */
  in?: "checkout";
  /** Why it cannot run here. */
  missing?: string;
  /** For what does not end by itself: it is stopped when it has said what it is to say. */
  endless?: boolean;
};

const small = ["--sampling.steps", "2", "--sampling.guidanceScale", "2"];
const scored = ["--evaluation.concepts", "8", "--evaluation.curveConcepts", "2"];
const swept = [at("tiny.ts"), "--runs", at("runs")];

/** In this order: later ones use what earlier ones wrote. */
const tasks: Record<string, Invocation | { startedBy: string }> = {
  install: { says: /library is in|a slower backend/, in: "checkout" },
  doctor: { says: /JavaScript +(used|works)/, in: "checkout" },
  specialist: { args: ["--help"], says: /Usage: specialist/, in: "checkout" },
  data: { says: /unseen +48/ },
  pretrain: {
    args: ["--config", at("tiny.json5"), "--concepts", "8", "--output", at("base")],
    says: /The base model is in/,
    writes: ["base/unet/config.json", "base/guide/config.json", "base/samples.png"],
  },
  hero: { says: /Shown: \w+/, writes: ["project/runs/results/demo/hero.webp"] },
  judges: {
    args: [
      ...["--config", at("tiny_judges.json5"), "--concepts", "8", "--compare", at("base/guide")],
      ...["--output", at("base/judge"), "--report", at("judges_report")],
    ],
    says: /The judges are in/,
    writes: [
      ...["base/judge/content/config.json", "base/judge/style/config.json"],
      "judges_report/README.md",
    ],
  },
  demo: {
    args: [
      ...["--model", at("base"), "--steps", "2", "--output", at("demo")],
      ...["--data", at("chalk"), "--prompts", "a castle, two dogs"],
    ],
    says: /content .*style .*memorisation .*drift .*Report: +\S+report\.html/s,
    writes: ["demo/report.html", "demo/grid.png", "demo/model/model_index.json"],
  },
  "demo-table": {
    args: ["--model", at("base"), "--styles", "openmoji", "--steps", "2", "--concepts", "8"],
    says: /\| openmoji +\| content/,
    writes: ["project/runs/results/demo/openmoji.png"],
  },
  sweep: {
    args: [...swept, "--output", at("results/tiny")],
    says: /LoRA/,
    writes: ["results/tiny/summary.json", "results/tiny/tables.tex"],
  },
  tables: {
    args: async () => [
      "--results",
      at("listed"),
      "--runs",
      at("runs"),
      "--list",
      await listRuns(folder),
    ],
    says: /LoRA/,
    writes: ["listed/again/tables.md", "listed/again/figures.html", "listed/README.md"],
  },
  bench: {
    args: ["--cases", "batch-1", "--seconds", "0.1", "--pytorch", "false", "--output", at("bench")],
    says: /training step, batch 1/,
    writes: ["bench/batch-1.json", "bench/README.md"],
  },
  soak: {
    args: [
      ...["--cases", "kills", "--kills", "1", "--killed", "pretrain", "--killedSteps", "3"],
      ...["--output", at("reliability")],
    ],
    says: /kills +pretrain: killed at 1 random moments.* yes/,
    writes: ["reliability/soak.json"],
  },
  fuzz: {
    args: ["--targets", "splits,weights", "--inputs", "4", "--output", at("reliability")],
    says: /splits of concepts +4/,
    writes: ["reliability/fuzz.md"],
  },
  parity: { args: ["tests/fixtures"], says: /all \d+ cases pass/, in: "checkout" },
  "check-notebooks": { args: [at("story.ipynb")], says: /Checked 1 notebooks/ },
  notebooks: {
    args: ["--fast", "--pages", at("pages"), at("story.ipynb")],
    says: /story\.ipynb: /,
    writes: ["pages/story.html"],
    in: "checkout",
    missing: noJupyter,
  },
  lab: {
    args: ["--no-browser", "--port", "8910"],
    says: /http:\/\/127\S+token=\w+/,
    in: "checkout",
    missing: noJupyter,
    endless: true,
  },
  check: { startedBy: "test" },
  // In a copy, all types would be checked again.
  test: { args: [at("one_test.ts")], says: /Checked \d+ notebooks.*1 passed/s, in: "checkout" },
};

/** The commands of `deno task specialist` that are no tasks. */
const commands: Record<string, Invocation> = {
  train: {
    args: [
      ...["--model", at("base"), "--output", at("run"), "--method.method", "lora", ...small],
      ...["--training.steps", "2", "--training.batchSize", "2", ...scored],
    ],
    says: /Report: +\S+report\.html/,
    writes: ["run/report.html", "run/model/model_index.json"],
  },
  calibrate: {
    args: [
      ...["--model", at("base"), "--styles", "openmoji", "--lastStep", "4"],
      ...["--training.steps", "1", "--training.batchSize", "2", "--output", at("weights")],
    ],
    says: /openmoji +\d/,
    writes: ["weights/content_weights.json"],
  },
  sample: {
    args: [
      ...["--model", at("base"), "--lora", at("run/lora.safetensors"), "--prompts", "a castle"],
      ...["--x", "loraScale=0,1", "--y", "sampling.steps=2,3", "--output", at("samples")],
    ],
    says: /4 images: \S+grid\.png/,
    writes: ["samples/grid.png", "samples/x2-y2.png"],
  },
  evaluate: {
    args: [
      ...["--lora", at("run/lora.safetensors"), "--lora-scale", "0.5", "--base", at("base")],
      ...["--data", at("chalk"), "--prompts", "a castle, two dogs", ...small],
    ],
    says: /content .*style .*memorisation .*drift /s,
  },
  export: {
    args: [at("run"), "--format", "lora-kohya", "--output", at("kohya.safetensors")],
    says: /kohya\.safetensors/,
    writes: ["kohya.safetensors"],
  },
  caption: {
    args: [at("pictures"), "--captioner", "tests/fixtures/captioner"],
    says: /1\.png: \w+/,
    writes: ["pictures/1.txt"],
  },
  "latent-noise": {
    args: [
      ...["--models", at("base"), "--drawings", "2", "--samples", "2"],
      ...["--output", at("latent_noise")],
    ],
    says: /mean of the target styles/,
    writes: ["latent_noise/latent_noise.json", "latent_noise/latent_noise.svg"],
  },
  "base-styles": {
    args: [
      ...["--models", at("base"), "--concepts", "2", "--sampling.steps", "2"],
      ...["--judge", at("base/judge"), "--output", at("model")],
    ],
    says: /likeness/,
    writes: ["model/base_styles.json", "model/base_styles.md", "model/base_styles.png"],
  },
  retrieval: {
    args: [
      ...[
        "--model",
        at("base"),
        "--judges",
        at("base/judge"),
        "--shots",
        "2",
        "--thresholds",
        "0.9",
      ],
      ...["--limits", "2", "--output", at("study")],
    ],
    says: /With other thresholds/,
    writes: ["study/retrieval.json", "study/retrieval.md"],
  },
  study: {
    args: ["--output", at("study"), "--runs", at("runs")],
    says: /Report: \S+README\.md/,
    writes: ["study/README.md", "study/contrasts.csv"],
  },
  runs: {
    args: [at("runs"), "--where", "method=lora", "--sort", "content"],
    says: /lora\S* +finished +openmoji +lora/,
  },
  "sweep-status": { args: swept, says: /finished/ },
  "sweep-collect": {
    args: [...swept, "--output", at("collected")],
    says: /LoRA/,
    writes: ["collected/summary.json"],
  },
  "sweep-run": {
    args: async () => [await plannedValueRun(folder)],
    writes: ["value/run.json", "value/report.html"],
  },
  "sweep-task": {
    args: async () => [await plannedRun(folder)],
    writes: ["planned/run.json", "planned/report.html"],
  },
};

let changes: string[];
const changed = () => Promise.all([root, copy].map(changesIn));
beforeAll(async () => {
  await copyProject(copy);
  changes = await changed();
  await writeInputs(folder);
});
afterAll(() => Deno.remove(folder, { recursive: true }));

describe("deno task", () => {
  it("has a test for each task of deno.json", () => {
    assertEquals(Object.keys(tasks).sort(), Object.keys(manifest.tasks).sort());
    const commands: Record<string, string> = manifest.tasks;
    for (const [name, invocation] of Object.entries(tasks)) {
      if (!("startedBy" in invocation)) continue;
      assertStringIncludes(commands[invocation.startedBy], `deno task ${name}`);
    }
  });

  for (const [name, invocation] of Object.entries(tasks)) {
    if (!("startedBy" in invocation)) runs(name, [name], invocation);
  }

  it("specialist has a test for each of its commands", async () => {
    const { output } = await endOf(startTask(["specialist", "--help"], root));
    const listed = [...output.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name)
      .filter((name) => name !== "help" && !Object.hasOwn(tasks, name));
    assertEquals(listed.sort(), Object.keys(commands).sort());
  });

  for (const [name, invocation] of Object.entries(commands)) {
    runs(`specialist ${name}`, ["specialist", name], invocation);
  }

  it("leaves the checkout, and the copy, as they were", async () => {
    assertEquals(await changed(), changes);
  });
});

function runs(title: string, words: string[], invocation: Invocation): void {
  const { args = [], says = /(?:)/, writes = [], missing, endless } = invocation;
  const skipped = missing === undefined ? "" : ` (skipped: ${missing})`;
  it(`${title}${skipped}`, { ignore: missing !== undefined }, async () => {
    const rest = typeof args === "function" ? await args() : args;
    const started = Date.now();
    const child = startTask([...words, ...rest], invocation.in === "checkout" ? root : copy);
    const { code, output } = await endOf(child, endless ? says : undefined);
    if (!endless) assertEquals(code, 0, output);
    assertMatch(output, says);
    for (const file of writes) {
      const { size, mtime } = await Deno.stat(at(file));
      assert(size > 0 && mtime!.getTime() >= started, `${file} was not written`);
    }
  });
}
