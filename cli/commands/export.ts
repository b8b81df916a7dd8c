import { exportSchema } from "../../experiments/export/config.ts";
import { configCommand } from "../config_command.ts";

/** A run's result for other programs. */
export const command = () =>
  configCommand({
    name: "export",
    description: "Write what a run has made in a format of other programs",
    schema: exportSchema,
    argument: "run",
    async run(config) {
      const { exportRun } = await import("../../experiments/export/export.ts");
      console.log(await exportRun(config));
    },
  });
