import { fuzzSchema } from "../../experiments/reliability/fuzz/config.ts";
import { configCommand } from "../config_command.ts";

/** Parsers and hostile files. */
export const command = () =>
  configCommand({
    name: "fuzz",
    description: "Give every parser files that were changed at random, and report what came of it",
    schema: fuzzSchema,
    async run(config, signal) {
      const { fuzz } = await import("../../experiments/reliability/fuzz.ts");
      await fuzz(config, signal);
    },
  });
