import { demoSchema } from "../../experiments/demo/config.ts";
import { configCommand } from "../config_command.ts";
import { obtainModels } from "../obtain_models.ts";

/** The first thing to run. */
export const command = () =>
  configCommand({
    name: "demo",
    description: "Teach the base model an unseen style from 8 pictures, and show what it learned",
    schema: demoSchema,
    prepare: ({ model }, signal) => obtainModels([model], signal),
    async run(config, signal) {
      const { demo } = await import("../../experiments/demo/demo.ts");
      await demo(config, signal);
    },
  });
