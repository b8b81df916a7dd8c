import { trainSchema } from "specialist/train_config.ts";
import { configCommand } from "../config_command.ts";
import { obtainModels } from "../obtain_models.ts";

/** Any method, any setting. */
export const command = () =>
  configCommand({
    name: "train",
    description: "Teach a model a style with any method, and score it on held-out concepts",
    schema: trainSchema,
    prepare: ({ model, guide, judge, retriever }, signal) =>
      obtainModels([model, guide, judge, retriever], signal),
    async run(config, signal) {
      const { describeRun, runTrain } = await import("../../experiments/train/train.ts");
      console.log(describeRun(await runTrain(config, signal)));
    },
  });
