/** `deno task specialist COMMAND`: everything that the lab does, from a terminal. */
import type { Command } from "commander";
import { doctor } from "specialist/internal/cli/doctor.ts";
import { createProgram, runProgram } from "specialist/internal/cli/program.ts";
import {
  baseStyles,
  data,
  judges,
  latentNoise,
  pretrain,
  retrieval,
  study,
} from "./commands/data.ts";
import {
  calibrate,
  caption,
  demo,
  demoTable,
  evaluate,
  exportRun,
  sample,
  train,
} from "./commands/runs.ts";
import { runs } from "./commands/list_runs.ts";
import {
  sweep,
  sweepCollect,
  sweepRun,
  sweepStatus,
  sweepTask,
  tables,
} from "./commands/sweeps.ts";

/** Every command, in the order of the help. */
const commands: Command[] = [
  demo(),
  demoTable(),
  train(),
  calibrate(),
  sweep(),
  sweepStatus(),
  sweepCollect(),
  sweepRun(),
  sweepTask(),
  sample(),
  evaluate(),
  exportRun(),
  caption(),
  data(),
  pretrain(),
  latentNoise(),
  baseStyles(),
  retrieval(),
  study(),
  judges(),
  runs(),
  tables(),
  doctor(),
];

// `deno task specialist COMMAND`: everything the library does, from a terminal.

await runProgram(createProgram(commands), Deno.args);
