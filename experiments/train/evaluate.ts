/** Scores a model against another on the same held-out concepts and noise. */
import { join } from "node:path";
import { loadEmoji, readSplits, readStyleFolder, styleFolderOf } from "specialist/data";
import {
  benchmarkSubjects,
  compareScores,
  drawSubjects,
  judgeSubjects,
  loadJudge,
  type ScoreComparison,
} from "specialist/evaluation";
import { obtainModel } from "specialist/internal/runtime/hub/mod.ts";
import { useBackend } from "specialist/internal/tensor/mod.ts";
import { loadStableDiffusion } from "specialist/models";
import type { EvaluateConfig } from "../commands/options.ts";

export async function runEvaluate(
  config: EvaluateConfig,
  signal?: AbortSignal,
): Promise<ScoreComparison[]> {
  const { style, seed, sampling, split } = config;
  const { styleWords } = await readStyleFolder(styleFolderOf(style), config);
  const subjects = benchmarkSubjects(await loadEmoji(), await readSplits(), { split, set: style });
  console.log(`Computing with ${await useBackend({ batch: subjects.length })}`);
  const basePath = await obtainModel(config.base, signal);
  const base = await loadStableDiffusion(basePath);
  const model = await loadStableDiffusion(await obtainModel(config.model, signal));
  const judge = await loadJudge(join(basePath, "judge"));
  const options = { styleWords, seed, sampling, signal };
  const before = await drawSubjects(base, subjects, { ...options, label: "Drawing with the base" });
  const after = await drawSubjects(model, subjects, {
    ...options,
    label: "Drawing with the model",
  });
  return compareScores(
    await judgeSubjects(judge, subjects, before),
    await judgeSubjects(judge, subjects, after),
    seed,
  );
}
