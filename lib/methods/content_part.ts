/** The content loss as part of a step: when it applies, and what the model in training draws for it. */
import { UserError } from "../errors/mod.ts";
import { embedImages, embedTexts } from "../models/clip/mod.ts";
import { type Params, prefixed, readVariables, scoped, type Variables } from "../nn/mod.ts";
import type { Random } from "../random/mod.ts";
import { encodePrompts } from "../sampling/mod.ts";
import {
  contentLoss,
  type ContentLossConfig,
  type ContentStep,
  drawUntilLastStep,
} from "../specialist/mod.ts";
import { type Tensor, tf } from "../tensorflow/mod.ts";
import { type Batch, latentsShape, normalTensor } from "../training/mod.ts";
import { epochBegunAt, type Showing } from "./epochs.ts";
import type { Learner } from "./learner.ts";
import type { MethodContext } from "./method.ts";

export type ContentPart = {
  /**
   * What a step needs for it: nothing at most steps, so that there are two kinds of step.
   *
   * @param shots of the step, which the loss takes the first of
   * @param variables of the learner, now
   */
  batch(
    showing: Showing,
    shots: readonly number[],
    variables: Variables,
    random: Random,
  ): Promise<Batch>;
  /** `error`, and the weighted content loss if the batch is one for it. */
  addTo(error: Tensor, params: Params, batch: Batch): Tensor;
};

/** @throws UserError if it is enabled, but there is no guide */
export async function createContentPart(
  config: ContentLossConfig,
  { model, shots, guide }: MethodContext,
  learner: Learner,
): Promise<ContentPart> {
  if (!config.enabled) {
    return { batch: () => Promise.resolve({}), addTo: (error) => error };
  }
  if (!guide) {
    throw new UserError({
      what: "the content loss is enabled, but there is no CLIP to judge the content",
      field: "contentLoss.enabled",
      remedy: "give a model folder with a guide in it, or set this to false",
    });
  }
  const captions = shots.map(({ caption }) => caption);
  const targets = config.target === "image"
    ? await embedImages(guide, shots.map(({ image }) => image))
    : await embedTexts(guide, captions);

  const appliesAt = ({ step, batchSize }: Showing) =>
    config.every
      ? step % config.every === 0
      : epochBegunAt(shots.length, { step, batchSize }) !== undefined;

  return {
    async batch(showing, shown, variables, random) {
      if (!appliesAt(showing)) return {};
      const chosen = shown.slice(0, config.pictures);
      const plain = chosen.map((shot) => captions[shot]);
      const empty = config.guidanceScale === 1 ? [] : plain.map(() => "");
      const params = readVariables(variables);
      const now = learner.adapted(params);
      const contexts = encodePrompts(now, [...empty, ...plain]);
      const noise = normalTensor(random, latentsShape(model, chosen.length));
      const latents = await drawUntilLastStep(now, now.unet.params, { noise, contexts }, config);
      tf.dispose([noise, params]);
      const step: ContentStep = {
        latents,
        contexts,
        targets: tf.tensor2d(chosen.map((shot) => Array.from(targets[shot]))),
      };
      return prefixed(step, "content");
    },
    addTo(error, params, batch) {
      const { latents, contexts, targets } = scoped(batch, "content");
      if (!latents) return error;
      const step = { latents, contexts, targets };
      const loss = contentLoss(model, learner.unetParams(params), step, guide, config);
      return tf.add(error, tf.mul(config.weight, loss));
    },
  };
}
