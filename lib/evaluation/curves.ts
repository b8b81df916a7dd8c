/** The curves of a run: what is measured at regular intervals, besides the noisy training loss. */
import { mean } from "simple-statistics";
import { createRandom, type Image, type Shot } from "../data/mod.ts";
import type { SampleCache } from "../diffusion/mod.ts";
import { readMetrics, type Run } from "../internal/runtime/mod.ts";
import type { Backbone } from "../models/mod.ts";
import { stylePrompt } from "../specialist/mod.ts";
import { fixedNoiseLoss } from "../training/mod.ts";
import { type Judge, judgeSubjects, likeness } from "./judge.ts";
import type { Curves } from "./run_result.ts";
import { nearestShotScores, type SeenShots, seenShots, styleScores } from "./shot_scores.ts";
import { clipScores } from "./similarity.ts";
import { bootstrap } from "./statistics.ts";
import { type DrawOptions, drawSubjects, type Subject } from "./subjects.ts";

type Point = { step: number; value: number };

export type CurveOptions = Pick<DrawOptions, "seed" | "sampling" | "signal"> & {
  /** The base model, whose autoencoder encodes images. */
  model: Backbone;
  judge: Judge;
  shots: readonly Shot[];
  /** What is drawn for each point. */
  subjects: readonly Subject[];
  /** What the style is called in the adapted model's prompts. */
  styleWords: string;
};

/** Records points of a run's curves. */
export function createCurves(
  { model, judge, shots, subjects, styleWords, ...drawing }: CurveOptions,
  run: Pick<Run, "log">,
) {
  const { seed } = drawing;
  const known = subjects.filter(({ truth }) => truth);
  const onShots = fixedNoiseLoss(model, {
    images: shots.map(({ image }) => image),
    captions: shots.map(({ caption }) => stylePrompt(caption, styleWords)),
    seed,
  });
  const onHeldOut = known.length === 0 ? undefined : fixedNoiseLoss(model, {
    images: known.map(({ truth }) => truth!),
    captions: known.map(({ item }) => stylePrompt(item, styleWords)),
    seed,
  });
  let seenOnce: SeenShots | undefined;
  return {
    /**
     * Records a point of each curve, `seconds` into the training.
     *
     * @param cache of what this model draws
     * @returns the mean content score, and what was drawn
     */
    async add(
      step: number,
      seconds: number,
      current: Backbone,
      cache?: SampleCache,
    ): Promise<{ clipScore: number; images: Image[] }> {
      const heldOut = onHeldOut?.(current);
      const images = await drawSubjects(current, subjects, { ...drawing, styleWords, cache });
      const judged = await judgeSubjects(judge, subjects, images);
      const seen = judged.map(({ image }) => image);
      const scores = clipScores(
        seen.map(({ content }) => content),
        judged.map(({ item }) => item),
      );
      const { value, low, high } = bootstrap(scores, mean, createRandom(seed), { resamples: 500 });
      const likenesses = judged.flatMap(({ image, truth }) =>
        truth ? [likeness(image, truth)] : []
      );
      const ofShots = seenOnce ??= seenShots(await judge.images(shots.map(({ image }) => image)));
      await run.log({
        step,
        "curve.seconds": seconds,
        "fixedNoiseLoss.shots": onShots(current),
        ...(heldOut !== undefined && { "fixedNoiseLoss.heldOut": heldOut }),
        ...(known.length > 0 && { "truth.mean": mean(likenesses) }),
        "style.mean": mean(styleScores(seen, ofShots)),
        "nearestShot.mean": mean(nearestShotScores(seen, ofShots)),
        "clipScore.mean": value,
        "clipScore.low": low,
        "clipScore.high": high,
      });
      return { clipScore: value, images };
    },
  };
}

/** The finite points among those recorded in a run's folder, those before an interruption too. */
export async function readCurves(folder: string): Promise<Curves> {
  const lines = await readMetrics(folder);
  const points = (name: string, formerly = name): Point[] =>
    lines.flatMap(({ step, [formerly]: former, [name]: value = former }) =>
      Number.isFinite(value) ? [{ step, value }] : []
    );
  /** Those whose names begin with `prefix`, by the rest of the name. */
  const family = (prefix: string) => {
    const names = new Set(lines.flatMap((line) => Object.keys(line)));
    const own = [...names].filter((name) => name.startsWith(prefix));
    return Object.fromEntries(own.map((name) => [name.slice(prefix.length), points(name)]));
  };
  const [low, high] = [points("clipScore.low"), points("clipScore.high")];
  return {
    shots: points("fixedNoiseLoss.shots", "stableLoss.shots"),
    heldOut: points("fixedNoiseLoss.heldOut", "stableLoss.heldOut"),
    clipScore: points("clipScore.mean").map((point, i) => ({
      ...point,
      low: low[i].value,
      high: high[i].value,
    })),
    truth: points("truth.mean"),
    style: points("style.mean"),
    nearestShot: points("nearestShot.mean"),
    gradNorm: points("gradNorm"),
    losses: family("loss."),
    shares: family("share."),
    seconds: points("curve.seconds"),
  };
}

/** The number of skipped steps of a run. */
export async function readSkippedSteps(folder: string): Promise<number> {
  return (await readMetrics(folder)).findLast((line) => "skipped" in line)?.skipped ?? 0;
}
