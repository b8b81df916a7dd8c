/** The results of a run: everything that reports and tables show. */
import { z } from "zod";
import { firstProblem, type RunRecord, UserError } from "../internal/runtime/mod.ts";
import { conceptScoreNames, scoreNames, setScoreNames } from "./scores.ts";
import { promptKinds } from "./subjects.ts";

const value = z.strictObject({ step: z.int().min(0), value: z.number() });
const interval = z.strictObject({ low: z.number(), high: z.number() });

const comparisonSchema = z.strictObject({
  name: z.enum(scoreNames),
  title: z.string(),
  description: z.string(),
  better: z.enum(["higher", "lower"]),
  before: z.number(),
  after: z.number(),
  interval: interval.describe("Ends of the 95 % interval of the change, over concepts"),
  own: z.number().optional().describe(
    "Of the style's own images: the true drawings, else each shot against the others",
  ),
});

/** Every score of one model. */
export const allScoresSchema = z.strictObject({
  concepts: z.partialRecord(z.enum(conceptScoreNames), z.array(z.number())).describe(
    "One value a concept",
  ),
  set: z.partialRecord(z.enum(setScoreNames), z.number()).describe("Of all images together"),
});

/** Points over the optimizer's steps. */
export const curvesSchema = z.strictObject({
  shots: z.array(value).describe("Fixed-noise loss of the shots"),
  heldOut: z.array(value).describe("Fixed-noise loss of held-out drawings, where they are known"),
  clipScore: z.array(z.strictObject({ ...value.shape, ...interval.shape })).describe(
    "Mean content score of images of held-out concepts, with its interval",
  ),
  truth: z.array(value).describe("Mean likeness to the true drawings, where they are known"),
  style: z.array(value).optional().describe(
    "Mean style score of images of held-out concepts; runs of earlier versions have none",
  ),
  nearestShot: z.array(value).optional().describe(
    "Mean likeness of images of held-out concepts to their nearest shots; runs of earlier versions " +
      "have none",
  ),
  gradNorm: z.array(value).optional().describe(
    "Norm of the gradient before clipping; runs of earlier versions have none",
  ),
  losses: z.record(z.string(), z.array(value)).optional().describe(
    "Each named loss before it is weighted, where there are several",
  ),
  shares: z.record(z.string(), z.array(value)).optional().describe(
    "Each named loss's share of the gradient, where there are several",
  ),
  seconds: z.array(value).describe("Time trained so far"),
});

export const runResultSchema = z.strictObject({
  subjects: z.int().min(1).describe("Concepts that the scores are of"),
  scores: z.array(comparisonSchema).describe("The report's main scores"),
  concepts: z.array(z.string()).describe("The subjects' names, in the order of their scores"),
  before: allScoresSchema.describe("Of the base model"),
  after: allScoresSchema.describe("Of the adapted model"),
  drawings: allScoresSchema.optional().describe(
    "Of the designer's own drawings, where known: what the scores could reach",
  ),
  shots: z.strictObject({
    content: z.array(z.number()),
    style: z.array(z.number()),
    nearestShot: z.array(z.number()),
  }).optional().describe(
    "Of each shot, against the others; runs of earlier versions and of a single shot have none",
  ),
  ceiling: z.number().optional().describe(
    "Mean likeness of the true drawings as the autoencoder gives them back: the most that can be reached",
  ),
  kinds: z.partialRecord(
    z.enum(promptKinds),
    z.strictObject({
      concepts: z.array(z.string()),
      scores: allScoresSchema.shape.concepts,
    }),
  ).optional().describe("Of the adapted model, with prompts of other kinds"),
  strengths: z.array(z.strictObject({ strength: z.number(), content: z.number() })).describe(
    "Those that were tried, the last of which was chosen, with the content left as a share of the base model's",
  ),
  drift: z.strictObject({
    concepts: z.array(z.string()),
    values: z.array(z.number()).describe("One a concept, of its words without the style"),
  }),
  phases: z.array(z.strictObject({ name: z.string(), seconds: z.number() })),
  trainingSeconds: z.number().describe("Of all steps, without the points of the curves"),
  skippedSteps: z.int().min(0).optional().describe(
    "Those whose loss or gradient was not finite; runs of earlier versions stopped there",
  ),
  adapterBytes: z.int().describe("Of what was trained, at two bytes a number"),
  peakMemoryBytes: z.number().describe("Peak memory of the process, without a GPU's"),
  curves: curvesSchema,
});

export type RunResult = z.infer<typeof runResultSchema>;
export type Curves = z.infer<typeof curvesSchema>;

/** @throws UserError naming the run and the field, unless it is a finished run of this version */
export function resultOf(record: RunRecord): RunResult {
  const parsed = runResultSchema.safeParse(record.results);
  if (parsed.success) return parsed.data;
  const { path, what } = firstProblem(parsed.error, record.results, runResultSchema);
  throw new UserError({
    what: `run ${record.id} (${record.status}) has no complete results: ${what}`,
    field: path === "" ? "results" : `results.${path}`,
    remedy: "finish the run; one of an earlier version has to be removed and run again",
  }, { cause: parsed.error });
}
