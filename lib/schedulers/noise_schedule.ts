/** The forward process' variances (Ho et al., "Denoising Diffusion Probabilistic Models", section 2). */

/** What decides it, as a diffusers scheduler's configuration has it. */
export type NoiseScheduleConfig = {
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
