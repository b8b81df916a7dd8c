/** Scores a model against the base model on the same prompts and noise. */
import { evaluate, type Evaluation, labSchema, openLab, withAdditions } from "specialist";
import { obtainModel } from "specialist/internal/runtime/hub/mod.ts";
import { UserError } from "specialist/internal/runtime/mod.ts";
import { loadStableDiffusion } from "specialist/models";
import type { EvaluateConfig } from "../commands/options.ts";

export async function runEvaluate(
  config: EvaluateConfig,
  signal?: AbortSignal,
): Promise<Evaluation> {
  const { base, model: scored, lora, loraScale, embedding, trigger, seed, sampling } = config;
  const { split, prompts, concepts } = config;
  if (scored === undefined && lora.length === 0 && embedding === undefined) {
    throw new UserError({
      what: "there is no model to score",
      field: "model",
      remedy: "name it with --model, or what is added to the base model with --lora or --embedding",
    });
  }
  const lab = await openLab({
    ...labSchema.strip().parse({ ...config, model: base }),
    withGuide: false,
    signal,
  });
  console.log(`Computing with ${lab.backend}`);
  const model = scored === undefined
    ? lab.model
    : await loadStableDiffusion(await obtainModel(scored, signal));
  const added = await withAdditions(model, { lora, loraScale, embedding });
  return await evaluate(lab, added.model, {
    seed,
    sampling,
    trigger: trigger ?? added.trigger,
    // Drift is of 16 concepts by default, as in a run.
    evaluation: { split, prompts, concepts, curveConcepts: Math.min(16, concepts ?? 16) },
    signal,
  });
}
