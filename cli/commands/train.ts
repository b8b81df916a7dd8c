import { adaptSchema } from "../../experiments/adapt/config.ts";
import { configCommand } from "../config_command.ts";
import { obtainModels } from "../obtain_models.ts";

/** Any method, any setting. */
export const command = () =>
  configCommand({
    name: "train",
    description: "Teach a model a style with any method, and score it on held-out concepts",
    schema: adaptSchema,
    prepare: ({ model, guide, judge, retriever }, signal) =>
      obtainModels([model, guide, judge, retriever], signal),
    async run(config, signal) {
      const { join } = await import("node:path");
      const { additionFiles } = await import("../../experiments/adapt/save_addition.ts");
      const { adapt } = await import("../../experiments/adapt/adapt.ts");
      const { resultOf } = await import("../../experiments/adapt/result.ts");
      const { scoreTable } = await import("../../experiments/adapt/score_table.ts");
      const { record, folder } = await adapt(config, signal);
      console.log(`\n${scoreTable(resultOf(record).scores)}\n`);
      console.log(`Report: ${join(folder, "report.html")}`);
      console.log(`Model:  ${join(folder, "model")}`);
      const addition = additionFiles[config.method.method];
      if (addition) console.log(`        ${join(folder, addition)}, to be added to the base model`);
    },
  });
