/** Targets: files of runs and of tables. */
import { basename, join } from "node:path";
import {
  readSummary,
  type Summary,
  tableListSchema,
  writeSummary,
} from "experiments/tables/summary.ts";
import { trainSchema } from "specialist";
import {
  performRun,
  readJson,
  readMetrics,
  readRunRecord,
  resolveConfig,
} from "specialist/internal/runtime/mod.ts";
import { tf } from "specialist/internal/tensor/mod.ts";
import { methodSchema } from "specialist/specialist";
import {
  createVariables,
  disposeVariables,
  readTrainingState,
  writeTrainingState,
} from "specialist/training";
import { defineTarget, jsonFile, requireThat, seedFrom, textFile } from "../target.ts";

const file = "config.json";
const ownWords = `{
  // what is learned
  method: { method: "lora", rank: 8, },
  training: { steps: 0x10, batchSize: 2 },
  'styleWords': 'chalk drawing',
}`;

export const runConfigTarget = defineTarget({
  title: "configurations of commands",
  seeds: () =>
    Promise.resolve([
      { [file]: jsonFile(trainSchema.parse({ method: { method: "specialist" } })) },
      {
        [file]: jsonFile({ method: { method: "dreambooth" }, evaluation: { prompts: ["a", "b"] } }),
      },
      { [file]: textFile(ownWords) },
    ]),
  read: (folder) => resolveConfig(trainSchema, { file: join(folder, file) }),
  check(config) {
    requireThat(methodSchema.safeParse(config.method).success, "its method is none");
    requireThat(trainSchema.safeParse(config).success, "it is not valid");
  },
});

const identity = {
  kind: "specialist",
  config: { seed: 1, style: "openmoji", training: { steps: 6, milestones: [20, 100] } },
  seed: 1,
  versions: { specialist: "0.1.0" },
  datasets: { shots: "ab" },
};

export const runRecordTarget = defineTarget({
  title: "run records (run.json)",
  async seeds() {
    const files = await seedFrom((folder) =>
      performRun({ identity, folder, backend: "cpu" }, async (run) => {
        await run.saveCheckpoint(5, () => Promise.resolve());
        throw new Error("stopped");
      }).catch(() => {})
    );
    const finished = await seedFrom((folder) =>
      performRun(
        { identity, folder, backend: "cpu" },
        () => Promise.resolve({ sum: 91, values: [1, 2, null], name: "x" }),
      )
    );
    return [files, finished].map((files) => ({ "run.json": files["run.json"] }));
  },
  read: readRunRecord,
  check(record) {
    requireThat(record.id !== "", "it has no id");
    const { checkpointStep: step = 0 } = record;
    requireThat(Number.isSafeInteger(step) && step >= 0, `its checkpoint is of step ${step}`);
    JSON.stringify(record);
  },
});

const metricsIdentity = { kind: "train", config: {}, seed: 1, versions: {}, datasets: {} };

export const metricsTarget = defineTarget({
  title: "metrics (metrics.jsonl)",
  async seeds() {
    const files = await seedFrom((folder) =>
      performRun({ identity: metricsIdentity, folder, backend: "cpu" }, async (run) => {
        for (let step = 1; step <= 5; step++) {
          await run.log({ step, loss: step === 3 ? NaN : 1 / step, "fixedNoiseLoss.shots": 0.1 });
        }
        return {};
      })
    );
    return [{ "metrics.jsonl": files["metrics.jsonl"] }];
  },
  read: readMetrics,
  check(lines) {
    for (const { step, ...values } of lines) {
      requireThat(Number.isSafeInteger(step) && step >= 0, `a step is ${step}`);
      const odd = Object.entries(values).find(([, value]) => typeof value !== "number");
      requireThat(odd === undefined, `${odd} is not a number`);
    }
  },
});

const weights = createVariables({
  "conv_in.weight": tf.ones([3, 3, 2, 2]),
  "proj.bias": tf.ones([2]),
});
const groups = { weights };

export const trainingStateTarget = defineTarget({
  title: "checkpoints of a run",
  seeds: async () => [
    await seedFrom((folder) => writeTrainingState(folder, groups, { step: 7, skipped: 2 })),
  ],
  read: (folder) => readTrainingState(folder, groups),
  check({ step, skipped }) {
    requireThat(Number.isSafeInteger(step) && step >= 0, `its step is ${step}`);
    requireThat(Number.isSafeInteger(skipped) && skipped >= 0, `it has skipped ${skipped} steps`);
  },
});
addEventListener("unload", () => disposeVariables(weights));

const summary: Summary = {
  format: 1,
  name: "methods",
  title: "Methods",
  reference: "LoRA",
  provenance: {
    versions: ["specialist 0.1.0"],
    backends: ["cpu"],
    commits: ["0123456789ab"],
    models: [],
    finished: { first: "2026-01-01T00:00:00.000Z", last: "2026-01-02T00:00:00.000Z" },
  },
  concepts: ["cat", "dog"],
  driftConcepts: ["cat"],
  rows: [{ label: "LoRA", config: { training: { steps: 6 } } }],
  runs: [{
    id: "lora-1ec07862726b",
    label: "LoRA",
    style: "openmoji",
    shots: 8,
    seed: 0,
    concepts: { truth: [0.5, 0.25], content: [60, 61] },
    set: { kid: 0.25 },
    drift: [0.125],
  }],
};

export const summaryTarget = defineTarget({
  title: "summaries of tables",
  seeds: async () => [await seedFrom((folder) => writeSummary(folder, summary))],
  read: readSummary,
  check({ name, concepts, runs }) {
    requireThat(name === name.replace(/[^\w-]/g, ""), `its folder is ${name}`);
    for (const run of runs) {
      const odd = Object.entries(run.concepts).find(([, values]) =>
        values.length !== concepts.length
      );
      requireThat(odd === undefined, `${odd} are not as many as the concepts`);
      requireThat(
        run.id === join("", run.id) && !run.id.includes("/"),
        `a run's folder is ${run.id}`,
      );
    }
  },
});

const listFile = "methods.json";
const run = { label: "LoRA", style: "openmoji", shots: 8, seed: 0, id: "lora-1ec07862726b" };

export const tableListTarget = defineTarget({
  title: "lists of a table's runs",
  seeds: () =>
    Promise.resolve([{
      [listFile]: jsonFile({
        name: "methods",
        title: "Methods",
        reference: "LoRA",
        base: "base model",
        runs: [run, { ...run, seed: 1, id: "lora-000000000000" }],
      }),
    }]),
  read: (folder) => readJson(join(folder, listFile), tableListSchema),
  check({ name, runs }) {
    for (const place of [name, ...runs.map(({ id }) => id)]) {
      requireThat(place === basename(place) && place !== "..", `a folder is ${place}`);
    }
  },
});
