import { performRun, readRunRecord } from "specialist/records/mod.ts";
import { requireThat } from "../require_that.ts";
import { seedFrom } from "../seed_files.ts";
import { defineTarget } from "../target.ts";

const identity = {
  kind: "specialist",
  config: { seed: 1, style: "openmoji", training: { steps: 6, milestones: [20, 100] } },
  seed: 1,
  versions: { specialist: "0.1.0" },
  datasets: { shots: "ab" },
};

export const target = defineTarget({
  title: "run records (run.json)",
  async seeds() {
    const files = await seedFrom((folder) =>
      performRun({ identity, folder, backend: "cpu" }, async (run) => {
        await run.saveCheckpoint(5, () => Promise.resolve());
        return { sum: 91, values: [1, 2, null], name: "x" };
      })
    );
    return [{ "run.json": files["run.json"] }];
  },
  read: readRunRecord,
  check(record) {
    requireThat(record.id !== "", "it has no id");
    const { checkpointStep: step = 0 } = record;
    requireThat(Number.isSafeInteger(step) && step >= 0, `its checkpoint is of step ${step}`);
    JSON.stringify(record);
  },
});
