import { soakSchema } from "../../experiments/reliability/config.ts";
import { configCommand } from "../config_command.ts";

/** What only shows after hours. */
export const command = () =>
  configCommand({
    name: "soak",
    description: "Train, draw and sweep for long, and report whether anything grew or was lost",
    schema: soakSchema,
    async run(config, signal) {
      const { soak } = await import("../../experiments/reliability/soak.ts");
      await soak(config, signal);
    },
  });
