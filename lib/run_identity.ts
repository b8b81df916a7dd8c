/** What decides a run: its complete settings, what it draws, and what it is known by. */
import type { z } from "zod";
import { readPrompts } from "./data/mod.ts";
import {
  type PromptKind,
  promptSubject,
  rephrased,
  spread,
  type Subject,
} from "./evaluation/mod.ts";
import { libraryVersions, type RunIdentity, validate } from "./internal/runtime/mod.ts";
import { benchmarkOf, type Lab } from "./lab.ts";
import {
  completeMethod,
  describeMethod,
  type Method,
  type Preset,
  trainingOf,
} from "./specialist/mod.ts";
import { type LabConfig, type RunConfig, runSchema } from "./train_config.ts";

/** The complete settings of a run: those that are given, then the preset's, then the schema's. */
export function runConfigOf(
  { preset }: Pick<Lab, "preset">,
  method: Method,
  options: z.input<typeof runSchema>,
): RunConfig {
  return validate(runSchema, {
    ...options,
    training: trainingOf(method, preset, options.training),
    sampling: { ...preset.sampling, ...options.sampling },
  }, "train");
}

/**
 * All that decides what a run results in. Where it is written, how often it is saved and measured, and in
 * which formats, does not; nor does what is done about a step that is not finite: a run that has had none
 * ends alike either way, and one that has stopped there can resume with another choice. Data counts
 * by its content.
 */
export function runIdentity(
  { config, datasets, preset }: {
    config: LabConfig;
    datasets: Record<string, string>;
    preset: Preset;
  },
  method: Method,
  { seed, training, strength, sampling, evaluation, validation }: RunConfig,
): RunIdentity {
  const {
    onNonFinite: _onNonFinite,
    checkpointEvery: _checkpointEvery,
    sharesEvery: _sharesEvery,
    ...deciding
  } = training;
  const { style, data, styleWords, background, shots, shotSet, size } = config;
  return {
    kind: method.name.toLowerCase().replaceAll(/[^\p{L}\p{N}_]+/gu, "-").slice(0, 40),
    config: {
      ...(data === undefined && { style }),
      styleWords,
      background,
      shots,
      ...(shotSet !== 1 && { shotSet }),
      size,
      method: describeMethod(completeMethod(method, preset)),
      training: deciding,
      ...{ strength, sampling, evaluation, validation },
    },
    seed,
    versions: libraryVersions(),
    datasets,
  };
}

export type RunSubjects = Record<"subjects" | "curveSubjects" | "strengthSubjects", Subject[]> & {
  /** Some of `subjects` in prompts of other kinds. */
  kinds: { kind: PromptKind; subjects: Subject[] }[];
};

/** What a run draws: for its scores, for the points of its curves, and to choose the strength. */
export async function runSubjects(
  lab: Pick<Lab, "config">,
  { evaluation, strength }: Pick<RunConfig, "evaluation" | "strength">,
): Promise<RunSubjects> {
  const { split, concepts, curveConcepts, prompts, kinds, kindConcepts } = evaluation;
  const validation = await benchmarkOf(lab.config, "validation");
  const subjects = prompts
    ? prompts.map(promptSubject)
    : spread(await benchmarkOf(lab.config, split), concepts);
  const inKinds = spread(subjects, kindConcepts);
  const known = kinds.length > 0 ? await readPrompts() : undefined;
  return {
    subjects,
    kinds: kinds.map((kind) => ({ kind, subjects: rephrased(inKinds, kind, known!) })),
    curveSubjects: spread(prompts ? subjects : validation, curveConcepts),
    strengthSubjects: spread(validation, strength.concepts),
  };
}
