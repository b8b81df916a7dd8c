import { tablesSchema } from "../../experiments/tables/config.ts";
import { configCommand } from "../config_command.ts";

/** All that results/ shows. */
export const command = () =>
  configCommand({
    name: "tables",
    description: "Write all tables and figures in results/ anew, from their summaries or from runs",
    schema: tablesSchema,
    async run(config) {
      const { tables } = await import("../../experiments/tables/tables.ts");
      await tables(config);
    },
  });
