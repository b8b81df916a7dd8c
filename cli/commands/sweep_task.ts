import { z } from "zod";
import { configCommand } from "../config_command.ts";

const schema = z.strictObject({ folder: z.string().min(1).describe("The run's folder") });

/** What each task of an array job does. */
export const command = () =>
  configCommand({
    name: "sweep-task",
    description: "Do one run of a sweep, as Slurm's jobs do",
    schema,
    argument: "folder",
    async run({ folder }, signal) {
      const { runTask } = await import("../../experiments/sweep/run_task.ts");
      await runTask(folder, signal);
    },
  });
