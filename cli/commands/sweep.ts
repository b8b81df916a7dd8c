import { sweepSchema } from "../../experiments/sweep/config.ts";
import { configCommand } from "../config_command.ts";

/** A grid of adaptations. */
export const command = () =>
  configCommand({
    name: "sweep",
    description: "Do all runs of a sweep that are not done, and write its table",
    schema: sweepSchema,
    argument: "experiment",
    async run(config, signal) {
      const { runSweep } = await import("../../experiments/sweep/run_sweep.ts");
      await runSweep(config, signal);
    },
  });
