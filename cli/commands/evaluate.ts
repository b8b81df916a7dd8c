import { evaluateSchema } from "../../experiments/evaluate/config.ts";
import { configCommand } from "../config_command.ts";
import { obtainModels } from "../obtain_models.ts";

/** Scores of a model that is there already. */
export const command = () =>
  configCommand({
    name: "evaluate",
    description: "Score a model on held-out concepts of a style, against the base model",
    schema: evaluateSchema,
    prepare: ({ base, model }, signal) => obtainModels([base, model], signal),
    async run(config, signal) {
      const { evaluate } = await import("../../experiments/evaluate/evaluate.ts");
      const { scoreTable } = await import("specialist/report/mod.ts");
      console.log(`\n${scoreTable(await evaluate(config, signal))}`);
    },
  });
