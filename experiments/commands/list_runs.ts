/** `runs`: which runs there are, one of them, and how two of them differ. */
import { Command } from "commander";

const folderOption = ["--folder <folder>", "the folder that holds the runs", "runs"] as const;
const jsonOption = ["--json", "print JSON"] as const;

type ListOptions = { where: string[]; sort?: string; json?: boolean };
type OneOptions = { folder: string; json?: boolean };

/** Lists, shows and compares runs by their records. */
export function runs(): Command {
  const command = new Command("runs")
    .description("List runs with their settings and scores; show one, or compare two")
    .argument("[folder]", "the folder that holds them", "runs")
    .option(
      "--where <condition>",
      "only runs for which it holds, as style=openmoji, steps>=200, content>20, method~lora or " +
        "training.batchSize=8; may be repeated",
      (condition: string, conditions: string[]) => [...conditions, condition],
      [],
    )
    .option(
      "--sort <field>",
      "a column, score or field of the configuration; scores from best to worst, and -FIELD the " +
        "other way around",
    )
    .option(...jsonOption)
    .action(async (folder: string, options: ListOptions) => {
      const { printRuns } = await import("./print_runs.ts");
      await printRuns(folder, options);
    });
  command.command("show")
    .description("Show a run's settings, scores, cost and files")
    .argument("<run>", "its id, the start of one, or its folder")
    .option(...folderOption)
    .option(...jsonOption)
    .action(async (run: string, { folder, json }: OneOptions) => {
      const { printRun } = await import("./print_runs.ts");
      await printRun(run, { folder, json: json ?? command.opts<ListOptions>().json });
    });
  command.command("diff")
    .description("Show which settings of two runs differ, and by how much their scores do")
    .argument("<a>", "a run's id, the start of one, or its folder")
    .argument("<b>", "another's")
    .option(...folderOption)
    .option(...jsonOption)
    .action(async (a: string, b: string, { folder, json }: OneOptions) => {
      const { printDifference } = await import("./print_runs.ts");
      await printDifference(a, b, { folder, json: json ?? command.opts<ListOptions>().json });
    });
  return command;
}
