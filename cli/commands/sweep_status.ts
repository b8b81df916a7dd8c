import { selectionSchema } from "../../experiments/sweep/config.ts";
import { configCommand } from "../config_command.ts";

/** How far a sweep is, wherever its runs are done. */
export const command = () =>
  configCommand({
    name: "sweep-status",
    description: "Show how far a sweep is",
    schema: selectionSchema,
    argument: "experiment",
    async run(config) {
      const { loadPlan } = await import("../../experiments/sweep/load_plan.ts");
      const { showStatus } = await import("../../experiments/sweep/show_status.ts");
      await showStatus(await loadPlan(config), config);
    },
  });
