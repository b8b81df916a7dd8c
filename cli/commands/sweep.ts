import { sweepSchema } from "../../experiments/sweep/config.ts";
import { configCommand } from "../config_command.ts";
import { prepareLibrary } from "../prepare_library.ts";

/** A grid of adaptations. */
export const command = () =>
  configCommand({
    name: "sweep",
    description: "Do all runs of a sweep that are not done, and write its table",
    schema: sweepSchema,
    argument: "experiment",
    prepare: async (config) => {
      const { loadPlan } = await import("../../experiments/sweep/load_plan.ts");
      const plan = await loadPlan(config);
      if (!config["dry-run"]) await prepareLibrary();
      return plan;
    },
    async run(config, signal, plan) {
      const { runSweep } = await import("../../experiments/sweep/run_sweep.ts");
      await runSweep(plan, config, signal);
    },
  });
