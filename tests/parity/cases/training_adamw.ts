import { tf } from "specialist/internal/tensor/mod.ts";
import { learningRateAt, type TrainingConfig } from "specialist/training";
import { outputOf, tensorOf } from "../../tensors.ts";
import type { Fixture, Outputs } from "../parity_case.ts";
import { rowOf, runTraining, type StoredTask, trainingConfigOf, vector } from "../training_run.ts";

/** The optimizer on two parameters: the loss's gradients are the ones that are given. */
export async function adamW({ config, inputs }: Fixture): Promise<Outputs> {
  const steps = inputs.grad_w.shape[0];
  const task: StoredTask = {
    params: { w: tensorOf(inputs.w0), b: tensorOf(inputs.b0) },
    batch: (step) => ({
      w: tensorOf(rowOf(inputs.grad_w, step)),
      b: tensorOf(rowOf(inputs.grad_b, step)),
    }),
    loss: (params, gradients) =>
      tf.add(tf.sum(tf.mul(params.w, gradients.w)), tf.sum(tf.mul(params.b, gradients.b))),
  };
  const variants = {
    plain: {},
    clip: { max_grad_norm: config.max_grad_norm },
    multistep: { lr_scheduler: config.multistep },
  };
  const outputs: Outputs = {};
  for (const [setting, optimizer] of Object.entries(config.settings)) {
    for (const [variant, extra] of Object.entries(variants)) {
      const training = trainingConfigOf({ optimizer, ...extra } as never, { steps });
      const run = await runTraining(task, training);
      const values = run.weights.slice(1);
      const change = (name: string) =>
        outputOf(tf.stack(values.map((params) => tf.sub(params[name], task.params[name]))));
      Object.assign(outputs, {
        [`${setting}/${variant}/w`]: outputOf(tf.stack(values.map(({ w }) => w))),
        [`${setting}/${variant}/w_change`]: change("w"),
        [`${setting}/${variant}/b_change`]: change("b"),
        [`${setting}/${variant}/lr_used`]: vector(ratesOf(training)),
        grad_norm: vector(run.gradNorms),
      });
    }
  }
  return outputs;
}

function ratesOf({ steps, learningRate }: TrainingConfig): number[] {
  return Array.from({ length: steps }, (_, k) => learningRateAt(learningRate, k, steps));
}
