import { collectSchema } from "../../experiments/sweep/config.ts";
import { configCommand } from "../config_command.ts";

/** The table of runs that Slurm has done. */
export const command = () =>
  configCommand({
    name: "sweep-collect",
    description: "Write the table of a sweep's finished runs",
    schema: collectSchema,
    argument: "experiment",
    prepare: async (config) => {
      const { loadPlan } = await import("../../experiments/sweep/load_plan.ts");
      return await loadPlan(config);
    },
    async run(config, _signal, plan) {
      const { collect } = await import("../../experiments/sweep/collect.ts");
      await collect(plan, config);
    },
  });
