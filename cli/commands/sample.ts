import { drawSchema } from "../../experiments/draw/config.ts";
import { configCommand } from "../config_command.ts";
import { obtainModels } from "../obtain_models.ts";

/** Pictures from prompts. */
export const command = () =>
  configCommand({
    name: "sample",
    description: "Draw pictures of prompts with a base or an adapted model",
    schema: drawSchema,
    prepare: ({ model }, signal) => obtainModels([model], signal),
    async run(config, signal) {
      const { draw } = await import("../../experiments/draw/draw.ts");
      await draw(config, signal);
    },
  });
