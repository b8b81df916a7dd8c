/** `train`: one run, as a configuration describes it. */
import { join } from "node:path";
import {
  additionFiles,
  type FinishedRun,
  labSchema,
  type Method,
  openLab,
  presetOf,
  runSchema,
  runTraining,
  type TrainConfig,
  trainedIn,
} from "specialist";
import { scoreTable } from "specialist/figures";
import { methodOf } from "specialist/specialist";

/** Trains what `config` describes, once. */
export async function runTrain(config: TrainConfig, signal?: AbortSignal): Promise<FinishedRun> {
  return await trainInLab(config, methodOf(config.method), signal);
}

/** Trains a method in the lab that `config` describes. */
export async function trainInLab(
  config: Omit<TrainConfig, "method">,
  method: Method,
  signal?: AbortSignal,
): Promise<FinishedRun> {
  const lab = await openLab({
    ...labSchema.strip().parse(config),
    preset: presetOf(config),
    batchSize: config.training.batchSize,
    signal,
  });
  console.log(`Computing with ${lab.backend}`);
  return await runTraining(lab, method, runSchema.strip().parse(config), { signal });
}

/** A finished run's results and files, for a terminal. */
export function describeRun({ folder, record, result }: FinishedRun): string {
  const trained = `${trainedIn(record)}`;
  const addition = trained === "lora"
    ? additionFiles.lora
    : trained === "token"
    ? additionFiles.word
    : undefined;
  return [
    `\n${scoreTable(result.scores)}\n`,
    `Report: ${join(folder, "report.html")}`,
    `Images: ${join(folder, "grid.png")}`,
    `Model:  ${join(folder, "model")}`,
    ...addition ? [`        ${join(folder, addition)}, to be added to the base model`] : [],
  ].join("\n");
}
