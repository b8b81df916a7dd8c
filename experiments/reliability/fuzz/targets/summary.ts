import { join } from "node:path";
import { seedFrom } from "../seed_files.ts";
import { defineTarget } from "../target.ts";
import { readSummary, type Summary, writeSummary } from "../../../tables/summary.ts";
import { requireThat } from "../require_that.ts";

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

export const target = defineTarget({
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
