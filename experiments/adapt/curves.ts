/** How a training goes, beside its own noisy loss: what is recorded every so many steps. */
import { judgePictures } from "specialist/evaluation/mod.ts";
import { clipScores, pairedCosines } from "specialist/metrics/mod.ts";
import type { StableDiffusion } from "specialist/models/stable_diffusion/mod.ts";
import type { StepValue } from "specialist/plots/mod.ts";
import { createRandom } from "specialist/random/mod.ts";
import { readMetrics, type Run } from "specialist/records/mod.ts";
import { bootstrap } from "specialist/statistics/mod.ts";
import { stableLoss } from "specialist/training/mod.ts";
import type { AdaptConfig } from "./config.ts";
import type { Context } from "./context.ts";
import { stylePrompt } from "specialist/specialist/mod.ts";
import { drawSubjects } from "./draw_subjects.ts";
import type { Curves } from "./result.ts";

/** @param styleWords what the style is called in the adapted model's prompts */
export function createCurves(
  config: AdaptConfig,
  { style, model, judge, curveSubjects }: Context,
  styleWords: string,
  run: Run,
  signal?: AbortSignal,
) {
  const { seed } = config;
  const known = curveSubjects.filter(({ truth }) => truth);
  const onShots = stableLoss(model, {
    images: style.shots.map(({ image }) => image),
    captions: style.shots.map(({ caption }) => stylePrompt(caption, styleWords)),
    seed,
  });
  const onHeldOut = known.length === 0 ? undefined : stableLoss(model, {
    images: known.map(({ truth }) => truth!),
    captions: known.map(({ item }) => stylePrompt(item, styleWords)),
    seed,
  });
  return {
    /** Records a point of each curve, `seconds` into the training. */
    async add(step: number, seconds: number, current: StableDiffusion): Promise<void> {
      const heldOut = onHeldOut?.(current);
      const pictures = await drawSubjects(current, curveSubjects, {
        ...config,
        styleWords,
        signal,
      });
      const judged = await judgePictures(judge, curveSubjects, pictures);
      const scores = clipScores(
        judged.map(({ picture }) => picture),
        judged.map(({ item }) => item),
      );
      const { value, low, high } = bootstrap(scores, mean, createRandom(seed), { resamples: 500 });
      const likenesses = known.length === 0 ? [] : pairedCosines(
        judged.flatMap(({ picture, truth }) => truth ? [picture] : []),
        judged.flatMap(({ truth }) => truth ?? []),
      );
      await run.log({
        step,
        "curve.seconds": seconds,
        "stableLoss.shots": onShots(current),
        ...(heldOut !== undefined && { "stableLoss.heldOut": heldOut }),
        ...(known.length > 0 && { "truth.mean": mean(likenesses) }),
        "clipScore.mean": value,
        "clipScore.low": low,
        "clipScore.high": high,
      });
    },
  };
}

/** The finite points among those recorded in a run's folder, those before an interruption too. */
export async function readCurves(folder: string): Promise<Curves> {
  const lines = await readMetrics(folder);
  const points = (name: string): StepValue[] =>
    lines.flatMap(({ step, [name]: value }) => Number.isFinite(value) ? [{ step, value }] : []);
  const [low, high] = [points("clipScore.low"), points("clipScore.high")];
  return {
    shots: points("stableLoss.shots"),
    heldOut: points("stableLoss.heldOut"),
    clipScore: points("clipScore.mean").map((point, i) => ({
      ...point,
      low: low[i].value,
      high: high[i].value,
    })),
    truth: points("truth.mean"),
    gradNorm: points("gradNorm"),
    seconds: points("curve.seconds"),
  };
}

/** How many steps of a run have moved nothing. */
export async function readSkippedSteps(folder: string): Promise<number> {
  return (await readMetrics(folder)).findLast((line) => "skipped" in line)?.skipped ?? 0;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
