/** What a trained model draws, and how it is scored: each phase of it once, however often a run is stopped. */
import { z } from "zod";
import type { Image } from "./data/mod.ts";
import {
  type AdaptationScores,
  allScores,
  allScoresSchema,
  chooseStrength,
  drawDrift,
  type DrawOptions,
  drawSubjects,
  judgeSubjects,
  type RunResult,
  runResultSchema,
  scoreAdaptation,
} from "./evaluation/mod.ts";
import { tf } from "./internal/tensor/mod.ts";
import type { Lab } from "./lab.ts";
import { interpolate, type Params, type StableDiffusion } from "./models/mod.ts";
import type { RunSubjects } from "./run_identity.ts";
import type { PreparedMethod } from "./specialist/mod.ts";
import type { RunCache } from "./train_cache.ts";
import type { RunConfig } from "./train_config.ts";

type ScoringInput = {
  lab: Lab;
  config: Pick<RunConfig, "seed" | "strength">;
  prepared: PreparedMethod;
  /** Disposed, unless they are what is scored. */
  trained: Params;
  /** What the run draws, and what the base model has drawn of `subjects`. */
  drawn: RunSubjects & { before: Image[] };
  drawing: Omit<DrawOptions, "styleWords" | "label" | "cache">;
  own: RunCache;
};

type Scored = {
  /** At the strength that was chosen. */
  params: Params;
  adapted: StableDiffusion;
  after: Image[];
  result: Pick<RunResult, keyof AdaptationScores | "kinds" | "strengths" | "concepts" | "drift">;
};

const scoredSchema = runResultSchema.pick({
  scores: true,
  before: true,
  after: true,
  drawings: true,
  shots: true,
  ceiling: true,
});

/** Chooses the strength, draws with the adapted model, and scores what it and the base model draw. */
export async function drawAndScore(
  { lab, config, prepared, trained, drawn, drawing, own }: ScoringInput,
): Promise<Scored> {
  const { model, judge, cache, style } = lab;
  const { subjects, kinds, curveSubjects, strengthSubjects, before } = drawn;
  const { keepContent } = config.strength;
  const shots = style.shots.map(({ image }) => image);

  const strengths = await own.measure(
    "Choosing the strength",
    () =>
      own.once("strengths", runResultSchema.shape.strengths, async () => {
        if (keepContent === 0) return [];
        return await chooseStrength(prepared, trained, {
          ...{ ...drawing, keepContent, cache, subjects: strengthSubjects },
          ...{ guide: lab.guide, base: { model, styleWords: style.styleWords } },
          cacheOf: (strength) => own.images(`strength ${strength}`),
        });
      }),
  );
  const { strength = 1 } = strengths.at(-1) ?? {};
  const params = keepContent === 0 ? trained : interpolate(prepared.task.params, trained, strength);
  if (params !== trained) tf.dispose(trained);
  const adapted = prepared.adapted(params);
  const adaptedCache = own.images(`strength ${strength}`);
  const inStyle = { ...drawing, cache: adaptedCache, styleWords: prepared.styleWords };

  const after = await own.measure(
    "Drawing after",
    () => drawSubjects(adapted, subjects, { ...inStyle, label: "Drawing after" }),
  );

  const inKinds = await own.measure("Drawing other prompts", async () => {
    const scores: NonNullable<RunResult["kinds"]> = {};
    for (const { kind, subjects } of kinds) {
      const { concepts } = await own.once(`scores-${kind}`, allScoresSchema, async () => {
        const label = `Drawing, ${kind} prompts`;
        const images = await drawSubjects(adapted, subjects, { ...inStyle, label });
        const judged = await judgeSubjects(judge, subjects, images);
        return await allScores({ judge, judged, images, shots });
      });
      scores[kind] = { concepts: subjects.map(({ id }) => id), scores: concepts };
    }
    return scores;
  });

  const drifts = await own.measure(
    "Drawing without the style",
    () =>
      own.once("drift", z.array(z.number()), () =>
        drawDrift(judge, {
          ...{ ...drawing, base: model, adapted, subjects: curveSubjects },
          caches: { base: cache, adapted: adaptedCache },
        })),
  );

  const scores = await own.measure(
    "Scoring",
    () =>
      own.once("scores", scoredSchema, () =>
        scoreAdaptation({
          ...{ judge, model, shots: style.shots, subjects, before, after, drift: drifts },
          seed: config.seed,
        })),
  );
  const result = {
    ...scores,
    ...(kinds.length > 0 && { kinds: inKinds }),
    strengths,
    concepts: subjects.map(({ id }) => id),
    drift: { concepts: curveSubjects.map(({ id }) => id), values: drifts },
  };
  return { params, adapted, after, result };
}
