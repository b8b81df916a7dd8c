import type { Tensor, Tensor1D } from "@tensorflow/tfjs";
import {
  addNoise,
  createScheduler,
  noiseLevels,
  predictEpsilon,
  predictX0,
  type Scheduler,
  type SigmaScheduler,
  snr,
  velocity,
} from "specialist/diffusion";
import { tf } from "specialist/internal/tensor/mod.ts";
import { createNoiseSchedule, parseSchedulerConfig } from "specialist/models";
import { outputOf, tensorOf } from "../../tensors.ts";
import type { Fixture, Outputs, ParityCase } from "../parity_case.ts";

/** The forward process, and each sampler's trajectories. */
export const schedulers: ParityCase = (fixture) => {
  const outputs: Outputs = {};
  tf.tidy(() => {
    const compute = fixture.config.scheduler_config ? trajectories : forwardProcess;
    Object.assign(outputs, compute(fixture));
  });
  return outputs;
};

function forwardProcess({ config, inputs }: Fixture): Outputs {
  const schedule = createNoiseSchedule(config);
  const x0 = tensorOf(inputs.x0);
  const noise = tensorOf(inputs.noise);
  const timesteps = tensorOf(inputs.timesteps) as Tensor1D;

  const noisy = addNoise(x0, noise, timesteps, schedule);
  const v = velocity(x0, noise, timesteps, schedule);
  const levels = noiseLevels(schedule, timesteps, x0.rank);
  const tables = Object.entries({
    alphas_cumprod: schedule.alphasCumprod,
    betas: schedule.betas,
  }).map(([name, data]) => [name, { shape: [data.length], data }]);
  const tensors = Object.entries({
    noisy,
    velocity: v,
    x0_from_eps: predictX0(noise, noisy, levels, "epsilon"),
    x0_from_v: predictX0(v, noisy, levels, "v_prediction"),
    eps_from_v: predictEpsilon(v, noisy, levels, "v_prediction"),
    snr: snr(schedule, timesteps),
  }).map(([name, tensor]) => [name, outputOf(tensor)]);
  return Object.fromEntries([...tables, ...tensors]);
}

function trajectories({ config, inputs }: Fixture): Outputs {
  const schedulerConfig = parseSchedulerConfig({
    _class_name: config.class,
    ...config.scheduler_config,
  });
  const runs = (config.N as number[]).map((steps) => {
    const scheduler = createScheduler(schedulerConfig, steps, config.step_kwargs);
    const noise = inputs[`n${steps}/step_noise`];
    const outputs = trajectory(
      scheduler,
      tensorOf(inputs.x_init_unit),
      noise && tf.unstack(tensorOf(noise)),
    );
    scheduler.dispose();
    return Object.entries(outputs).map(([name, output]) => [`n${steps}/${name}`, output]);
  });
  return Object.fromEntries(runs.flat());
}

function trajectory(
  scheduler: Scheduler | SigmaScheduler,
  unitNoise: Tensor,
  noise: Tensor[] | undefined,
): Outputs {
  const { timesteps, initNoiseSigma } = scheduler;
  const xs = [tf.mul(unitNoise, initNoiseSigma)];
  const images = timesteps.map((timestep, i) => {
    const x = xs[i];
    const output = model(scheduler.scaleModelInput(x, i), timestep);
    xs.push(scheduler.step(output, i, x, noise?.[i]));
    return scheduler.predictX0(output, i, x);
  });
  const outputs: Outputs = {
    timesteps: { shape: [timesteps.length], data: timesteps },
    init_noise_sigma: { shape: [1], data: [initNoiseSigma] },
    x: outputOf(tf.stack(xs)),
    pred_x0: outputOf(tf.stack(images)),
  };
  if ("sigmas" in scheduler) {
    outputs.sigmas = { shape: [scheduler.sigmas.length], data: scheduler.sigmas };
  }
  return outputs;
}

/** Stands in for the network. */
function model(x: Tensor, timestep: number): Tensor {
  return tf.add(tf.mul(x, 0.3 * Math.sin(timestep / 100)), 0.1);
}
