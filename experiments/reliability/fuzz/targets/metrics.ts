import { performRun, readMetrics } from "specialist/records/mod.ts";
import { requireThat } from "../require_that.ts";
import { seedFrom } from "../seed_files.ts";
import { defineTarget } from "../target.ts";

const identity = { kind: "train", config: {}, seed: 1, versions: {}, datasets: {} };

export const target = defineTarget({
  title: "metrics (metrics.jsonl)",
  async seeds() {
    const files = await seedFrom((folder) =>
      performRun({ identity, folder, backend: "cpu" }, async (run) => {
        for (let step = 1; step <= 5; step++) {
          await run.log({ step, loss: step === 3 ? NaN : 1 / step, "stableLoss.shots": 0.1 });
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
      requireThat(odd === undefined, `${odd} is no number`);
    }
  },
});
