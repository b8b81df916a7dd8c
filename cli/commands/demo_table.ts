import { Command } from "commander";
import { interruptSignal } from "specialist/errors/mod.ts";

/** The demo's table, and the README's image. */
export const command = () =>
  new Command("demo-table")
    .description("Run the demo for every shipped style, and write the table of its scores")
    .action(async () => {
      const { demoTable } = await import("../../experiments/demo/demo_table.ts");
      await demoTable(interruptSignal());
    });
