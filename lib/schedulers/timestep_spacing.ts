/** Which of the training timesteps a sampler of few steps visits, from the noisiest on. */
import { UserError } from "../errors/mod.ts";

/**
 * Every `stride`-th timestep: `k·stride + offset` for k = count-1 … 0.
 *
 * @throws UserError if the noisiest one lies past the last training timestep
 */
export function leadingTimesteps(trainTimesteps: number, count: number, offset: number): number[] {
  const stride = leadingStride(trainTimesteps, count);
  const noisiest = (count - 1) * stride + offset;
  if (stride < 1 || noisiest >= trainTimesteps) {
    throw new UserError({
      what: `${count} timesteps with steps_offset ${offset} do not fit into 0 to ${
        trainTimesteps - 1
      }`,
      remedy: "use fewer steps or a smaller steps_offset",
    });
  }
  return Array.from({ length: count }, (_, i) => noisiest - i * stride);
}

/** The distance between neighbours of `leadingTimesteps`. */
export function leadingStride(trainTimesteps: number, count: number): number {
  return Math.floor(trainTimesteps / count);
}

/** Evenly from the last training timestep to 0, both included; fractional. */
export function linspaceTimesteps(trainTimesteps: number, count: number): number[] {
  const last = trainTimesteps - 1;
  const stride = last / (count - 1);
  return Array.from({ length: count }, (_, i) => i === 0 ? last : (count - 1 - i) * stride);
}

/** Rounds halves to the even neighbour, as the reference does: 166.5 becomes 166. */
export function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + floor % 2 : Math.round(value);
}

/** @throws UserError unless `steps` is a whole number that the schedule has timesteps for */
export function checkSteps(trainTimesteps: number, steps: number): void {
  if (!Number.isInteger(steps) || steps < 1 || steps > trainTimesteps) {
    throw new UserError({
      what: `steps must be a whole number from 1 to ${trainTimesteps} (num_train_timesteps)`,
      value: steps,
      remedy: "ask for so many steps",
    });
  }
}

/** @throws UserError for a sampler that has leading spacing only, if `spacing` is another one */
export function checkLeading(spacing: string | undefined, sampler: string): void {
  if (spacing !== undefined && spacing !== "leading") {
    throw new UserError({
      what: `timestep_spacing "${spacing}" is not offered by ${sampler}`,
      remedy: 'use "leading", or the sampler euler or dpm_solver',
    });
  }
}
