/** Commands about many runs: sweeps, their state, their tables. */
import { z } from "zod";
import { configCommand } from "specialist/internal/cli/config_command.ts";
import { prepareLibrary } from "specialist/internal/cli/install.ts";
import { collectSchema, statusSchema, sweepSchema } from "../sweep/config.ts";
import { tablesSchema } from "./options.ts";

/** A grid of adaptations. */
export const sweep = () =>
  configCommand({
    name: "sweep",
    description: "Run everything in a sweep that is not finished, and write its table",
    schema: sweepSchema,
    argument: "experiment",
    prepare: async (config) => {
      const { loadPlan } = await import("../sweep/plan.ts");
      const plan = await loadPlan(config);
      if (!config["dry-run"]) await prepareLibrary();
      return plan;
    },
    async run(config, signal, plan) {
      const { runSweep } = await import("../sweep/run_sweep.ts");
      await runSweep(plan, config, signal);
    },
  });

/** The progress of a sweep, wherever its runs are done. */
export const sweepStatus = () =>
  configCommand({
    name: "sweep-status",
    description: "Show the progress of a sweep",
    schema: statusSchema,
    argument: "experiment",
    prepare: async (config) => {
      const { loadPlan } = await import("../sweep/plan.ts");
      return await loadPlan(config);
    },
    async run(config, _signal, plan) {
      const { runSweepStatus } = await import("../sweep/status.ts");
      await runSweepStatus(plan, config);
    },
  });

/** The table of runs that Slurm has done. */
export const sweepCollect = () =>
  configCommand({
    name: "sweep-collect",
    description: "Write the table of a sweep's finished runs",
    schema: collectSchema,
    argument: "experiment",
    prepare: async (config) => {
      const { loadPlan } = await import("../sweep/plan.ts");
      return await loadPlan(config);
    },
    async run(config, _signal, plan) {
      const { runSweepCollect } = await import("../sweep/collect.ts");
      await runSweepCollect(plan, config);
    },
  });

const runFolderSchema = z.strictObject({ folder: z.string().min(1).describe("The run's folder") });

/** Started by a sweep for a run whose method is a value in its file. */
export const sweepRun = () =>
  configCommand({
    name: "sweep-run",
    description: "Do one run of a sweep whose file defines the method (used by sweeps)",
    schema: runFolderSchema,
    argument: "folder",
    async run({ folder }, signal) {
      const { runSweepRun } = await import("../sweep/run_locally.ts");
      await runSweepRun(folder, signal);
    },
  });

const schema = z.strictObject({ folder: z.string().min(1).describe("The run's folder") });

/** Started by each task of an array job. */
export const sweepTask = () =>
  configCommand({
    name: "sweep-task",
    description: "Do one run of a sweep (used by Slurm jobs)",
    schema,
    argument: "folder",
    async run({ folder }, signal) {
      const { runSweepTask } = await import("../sweep/run_locally.ts");
      await runSweepTask(folder, signal);
    },
  });

/** Everything that results/ shows. */
export const tables = () =>
  configCommand({
    name: "tables",
    description: "Write the tables and figures of results/, from their summaries or from runs",
    schema: tablesSchema,
    async run(config) {
      const { checkTables, runTables } = await import("../tables/tables.ts");
      await (config.check ? checkTables(config) : runTables(config));
    },
  });
