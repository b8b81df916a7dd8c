import { UserError } from "../internal/runtime/mod.ts";
import type { SchedulerConfig } from "../models/mod.ts";
import { createDdim } from "./ddim.ts";
import { createDdpm } from "./ddpm.ts";
import { createDpmSolver } from "./dpm_solver.ts";
import { createEuler } from "./euler.ts";
import { createPndm } from "./pndm.ts";
import type { Scheduler } from "./scheduler.ts";

const creators = {
  ddpm: createDdpm,
  pndm: createPndm,
  ddim: createDdim,
  euler: createEuler,
  dpm_solver: createDpmSolver,
};

export type Sampler = keyof typeof creators;
export const samplers = Object.keys(creators) as [Sampler, ...Sampler[]];

const classNames: Record<string, Sampler> = {
  DDPMScheduler: "ddpm",
  PNDMScheduler: "pndm",
  DDIMScheduler: "ddim",
  EulerDiscreteScheduler: "euler",
  DPMSolverMultistepScheduler: "dpm_solver",
};

/**
 * The sampler that wrote a diffusers `scheduler_config.json`.
 *
 * @throws UserError if the class is unsupported
 */
export function samplerOf(className = ""): Sampler {
  if (Object.hasOwn(classNames, className)) return classNames[className];
  throw new UserError({
    what: "unsupported scheduler",
    field: "_class_name",
    value: className,
    remedy: `name a sampler; the supported classes are ${Object.keys(classNames).join(", ")}`,
  });
}

/**
 * A sampling run of `steps` steps.
 *
 * ```ts
 * const scheduler = createScheduler(stableDiffusionV1, 50, { sampler: "ddim" });
 * ```
 *
 * @param sampler the config's own by default; any sampler can use any config
 * @param eta DDIM's share of DDPM's noise, 0 by default
 * @throws UserError if the steps do not fit the schedule, or the sampler does not support what the
 * config asks for
 */
export function createScheduler(
  config: SchedulerConfig,
  steps: number,
  { sampler = samplerOf(config._class_name), eta }: { sampler?: Sampler; eta?: number } = {},
): Scheduler {
  if (sampler === "ddim") return createDdim(config, steps, eta);
  if (eta) throw new Error(`eta is an option of ddim, not of ${sampler}`);
  return creators[sampler](config, steps);
}
