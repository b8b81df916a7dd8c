import { sampleSchema } from "../../experiments/sample/config.ts";
import { configCommand } from "../config_command.ts";
import { obtainModels } from "../obtain_models.ts";

/** Images from prompts. */
export const command = () =>
  configCommand({
    name: "sample",
    description: "Draw images of prompts with a base or an adapted model",
    schema: sampleSchema,
    prepare: ({ model }, signal) => obtainModels([model], signal),
    async run(config, signal) {
      const { runSample } = await import("../../experiments/sample/sample.ts");
      await runSample(config, signal);
    },
  });
