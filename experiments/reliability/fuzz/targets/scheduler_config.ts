import { join } from "node:path";
import {
  createNoiseSchedule,
  createScheduler,
  readSchedulerConfig,
  stableDiffusionV1,
} from "specialist/schedulers/mod.ts";
import { UserError } from "specialist/errors/mod.ts";
import { requireThat } from "../require_that.ts";
import { jsonFile, textFile } from "../seed_files.ts";
import { defineTarget } from "../target.ts";

const file = "scheduler_config.json";
const euler = {
  _class_name: "EulerDiscreteScheduler",
  sigma_min: -1,
  interpolation_type: "linear",
};

export const target = defineTarget({
  title: "scheduler configurations",
  seeds: () =>
    Promise.resolve([
      { [file]: jsonFile(stableDiffusionV1) },
      { [file]: jsonFile({ ...stableDiffusionV1, ...euler, timestep_spacing: "linspace" }) },
      {
        [file]: textFile(JSON.stringify(stableDiffusionV1).replace("{", '{"sigma_max": Infinity,')),
      },
    ]),
  read: (folder) => readSchedulerConfig(join(folder, file)),
  check(config) {
    const { alphasCumprod } = createNoiseSchedule(config);
    requireThat(alphasCumprod.every((alpha) => alpha > 0 && alpha < 1), "its noise has no end");
    try {
      const { timesteps, initNoiseSigma } = createScheduler(config, 2);
      const last = config.num_train_timesteps - 1;
      requireThat(timesteps.every((t) => t >= 0 && t <= last), `its timesteps are ${timesteps}`);
      requireThat(Number.isFinite(initNoiseSigma), `its noise is ${initNoiseSigma}`);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  },
});
