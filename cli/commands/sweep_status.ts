import { selectionSchema } from "../../experiments/sweep/config.ts";
import { configCommand } from "../config_command.ts";

/** How far a sweep is, wherever its runs are done. */
export const command = () =>
  configCommand({
    name: "sweep-status",
    description: "Show how far a sweep is",
    schema: selectionSchema,
    argument: "experiment",
    prepare: async (config) => {
      const { loadPlan } = await import("../../experiments/sweep/load_plan.ts");
      return await loadPlan(config);
    },
    async run(config, _signal, plan) {
      const { showStatus } = await import("../../experiments/sweep/show_status.ts");
      await showStatus(plan, config);
    },
  });
