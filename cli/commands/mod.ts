import type { Command } from "commander";
import { command as bench } from "./bench.ts";
import { command as caption } from "./caption.ts";
import { command as data } from "./data.ts";
import { command as demo } from "./demo.ts";
import { command as demoTable } from "./demo_table.ts";
import { command as doctor } from "./doctor.ts";
import { command as evaluate } from "./evaluate.ts";
import { command as exportRun } from "./export.ts";
import { command as fuzz } from "./fuzz.ts";
import { command as pretrain } from "./pretrain.ts";
import { command as runs } from "./runs.ts";
import { command as sample } from "./sample.ts";
import { command as soak } from "./soak.ts";
import { command as sweep } from "./sweep.ts";
import { command as sweepCollect } from "./sweep_collect.ts";
import { command as sweepRun } from "./sweep_run.ts";
import { command as sweepStatus } from "./sweep_status.ts";
import { command as sweepTask } from "./sweep_task.ts";
import { command as tables } from "./tables.ts";
import { command as train } from "./train.ts";

/** Every command, in the order of the help. */
export const commands: Command[] = [
  demo(),
  demoTable(),
  train(),
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
  runs(),
  tables(),
  bench(),
  soak(),
  fuzz(),
  doctor(),
];
