import { z } from "zod";
import { configCommand } from "../config_command.ts";

const schema = z.strictObject({ folder: z.string().min(1).describe("The run's folder") });

/** What a sweep starts for a run whose method is a value in its file. */
export const command = () =>
  configCommand({
    name: "sweep-run",
    description: "Do one run of a sweep whose method its file defines, as sweeps do themselves",
    schema,
    argument: "folder",
    async run({ folder }, signal) {
      const { runSweepRun } = await import("../../experiments/sweep/run_task.ts");
      await runSweepRun(folder, signal);
    },
  });
