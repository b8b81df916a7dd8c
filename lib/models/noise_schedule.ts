/** The noise process that a model was trained with: its betas, and scheduler_config.json. */
import JSON5 from "json5";
import { z } from "zod";
import {
  parseJson,
  problemLine,
  problemsOf,
  readText,
  UserError,
} from "../internal/runtime/mod.ts";

/** An unsupported feature, which must be off in a file. */
const off = z.literal(false, { error: "is not supported; only false is" }).optional();

/**
 * A diffusers `scheduler_config.json`, with its own names.
 *
 * Fields that change the result are validated, the ones it adds beyond them are kept untouched, so
 * that a file read here and written again says the same. A field the file leaves out gets the
 * default of the sampler that uses it, as in diffusers.
 */
export const schedulerConfigSchema = z.looseObject({
  _class_name: z.string().optional().describe("Class that wrote the file"),
  num_train_timesteps: z.int().min(2).max(100_000).default(1000)
    .describe("Timesteps of the forward process"),
  beta_start: z.number().gt(0).lt(1).describe("Variance added at the first timestep"),
  beta_end: z.number().gt(0).lt(1).describe("Variance added at the last timestep"),
  beta_schedule: z.literal("scaled_linear").describe("How beta grows: linear in its square root"),
  prediction_type: z.enum(["epsilon", "v_prediction"]).default("epsilon")
    .describe("What the network predicts: the noise, or the velocity"),
  timestep_spacing: z.enum(["leading", "linspace"]).optional()
    .describe("How a sampler spreads its steps over the timesteps"),
  steps_offset: z.int().min(0).default(0).describe("Added to every timestep of leading spacing"),
  set_alpha_to_one: z.boolean().optional()
    .describe("Whether the step past the first timestep ends at no noise (DDIM, PNDM)"),
  use_karras_sigmas: z.boolean().default(false).describe("Karras noise levels (DPM-Solver++)"),

  trained_betas: z.null({ error: "is not supported; only null is" }).optional(),
  skip_prk_steps: z.literal(true, { error: "must be true: PNDM runs without its Runge-Kutta part" })
    .optional(),
  algorithm_type: z.literal("dpmsolver++").optional(),
  solver_order: z.literal(2).optional(),
  solver_type: z.literal("midpoint").optional(),
  final_sigmas_type: z.literal("zero").optional(),
  interpolation_type: z.literal("linear").optional(),
  timestep_type: z.literal("discrete").optional(),
  variance_type: z.literal("fixed_small").nullable().optional(),
  clip_sample: off,
  thresholding: off,
  rescale_betas_zero_snr: off,
  use_exponential_sigmas: off,
  use_beta_sigmas: off,
  use_lu_lambdas: off,
  use_flow_sigmas: off,
}).refine(isNoisedThroughout, {
  when: ({ issues }) => issues.length === 0,
  path: ["beta_end"],
  error: "with these variances an image is left as it is, or nothing of it",
});

/** Whether each timestep's share of the image's variance can be computed with. */
function isNoisedThroughout(config: NoiseScheduleConfig): boolean {
  const { alphasCumprod } = createNoiseSchedule(config);
  return alphasCumprod[0] < 1 && alphasCumprod.at(-1)! > 1e-10;
}

export type SchedulerConfig = z.infer<typeof schedulerConfigSchema>;
export type PredictionType = SchedulerConfig["prediction_type"];

/** Stable Diffusion v1's `scheduler_config.json`. */
export const stableDiffusionV1Scheduler: SchedulerConfig = schedulerConfigSchema.parse({
  _class_name: "PNDMScheduler",
  num_train_timesteps: 1000,
  beta_start: 0.00085,
  beta_end: 0.012,
  beta_schedule: "scaled_linear",
  prediction_type: "epsilon",
  set_alpha_to_one: false,
  skip_prk_steps: true,
  steps_offset: 1,
  clip_sample: false,
  trained_betas: null,
});

/**
 * Validates the parsed contents of a `scheduler_config.json`.
 *
 * @param source names the file in errors
 * @throws UserError with every field at fault and what it should be
 */
export function parseSchedulerConfig(value: unknown, source = "scheduler config"): SchedulerConfig {
  const result = schedulerConfigSchema.safeParse(value);
  if (result.success) return result.data;
  throw new UserError({
    what: [
      "unsupported scheduler config",
      ...problemsOf(result.error, value, schedulerConfigSchema).map(problemLine),
    ].join("\n  - "),
    file: source,
  }, { cause: result.error });
}

/**
 * Reads a diffusers `scheduler_config.json`. Python writes infinities into it that JSON has not.
 *
 * @throws UserError naming the file, where it cannot be read, parsed or used
 */
export async function readSchedulerConfig(path: string): Promise<SchedulerConfig> {
  const text = await readText(path, 1 << 20);
  let value: unknown;
  try {
    value = parseJson(text, JSON5.parse);
  } catch (cause) {
    throw new UserError({ what: (cause as Error).message, file: path }, { cause });
  }
  return parseSchedulerConfig(value, path);
}

// The forward process' variances (Ho et al., "Denoising Diffusion Probabilistic Models", section 2).

/** What decides it, as a diffusers scheduler's configuration has it. */
type NoiseScheduleConfig = {
  beta_start: number;
  beta_end: number;
  num_train_timesteps: number;
};

/** A variance schedule over timesteps 0..T-1, in float64. */
export type NoiseSchedule = {
  /** β_t */
  betas: Float64Array;
  /** ᾱ_t = Π_{s ≤ t} (1 - β_s): the share of the image's variance left at t. */
  alphasCumprod: Float64Array;
};

/**
 * The scaled-linear schedule of latent diffusion (Rombach et al.): √β grows linearly.
 *
 * ```ts
 * const { alphasCumprod } = createNoiseSchedule(stableDiffusionV1);
 * ```
 */
export function createNoiseSchedule(
  { beta_start, beta_end, num_train_timesteps }: NoiseScheduleConfig,
): NoiseSchedule {
  const first = Math.sqrt(beta_start);
  const slope = (Math.sqrt(beta_end) - first) / (num_train_timesteps - 1);
  const betas = Float64Array.from(
    { length: num_train_timesteps },
    (_, t) => (first + slope * t) ** 2,
  );
  let product = 1;
  const alphasCumprod = betas.map((beta) => product *= 1 - beta);
  return { betas, alphasCumprod };
}

/** Noise to signal, σ_t = √((1 - ᾱ_t) / ᾱ_t): the noise level of Karras et al. and of ODE solvers. */
export function sigmasOf({ alphasCumprod }: NoiseSchedule): Float64Array {
  return alphasCumprod.map((alpha) => Math.sqrt((1 - alpha) / alpha));
}
