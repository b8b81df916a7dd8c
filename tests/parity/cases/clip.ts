import { join } from "node:path";
import { type Tensor, tf } from "specialist/internal/tensor/mod.ts";
import {
  clipImageEmbeddings,
  clipTextEmbeddings,
  clipVision,
  loadClip,
  normalizeRows,
} from "specialist/models";
import { outputOf, tensorOf } from "../../tensors.ts";
import { channelsFirstOutput, channelsLastTensor } from "../fixture.ts";
import type { ParityCase } from "../parity_case.ts";
import { clipPreprocessing } from "./clip_preprocess.ts";

/** Preprocessing, both towers, and the cosine with its gradient. */
export const clip: ParityCase = async (fixture) => {
  const { folder, config, inputs } = fixture;
  const model = await loadClip(join(folder, config.model_dir));
  const ids = (config.texts as string[]).map((text) => model.tokenizer.encode(text));
  const preprocessed = await clipPreprocessing(fixture);
  const pixels = channelsLastTensor({
    ...preprocessed.pixel_values,
    shape: [...preprocessed.pixel_values.shape],
    dtype: "F32",
    data: Float32Array.from(preprocessed.pixel_values.data),
  });
  const imageFeatures = clipImageEmbeddings(model.params, model.config, pixels);
  const textFeatures = clipTextEmbeddings(model.params, model.config, tensorOf(inputs.input_ids));
  const images = normalizeRows(imageFeatures), texts = normalizeRows(textFeatures);
  const vision = clipVision(model.params, model.config.vision_config, pixels);
  const logits = tf.mul(
    tf.exp(model.params.logit_scale),
    tf.matMul(images as never, texts as never, false, true),
  );
  const cosine = tf.sum(tf.mul(images, texts), 1);
  const scores = tf.relu(tf.mul(cosine, 100));
  const cosineSum = (x: Tensor) =>
    tf.sum(tf.mul(normalizeRows(clipImageEmbeddings(model.params, model.config, x)), texts));
  return {
    ...preprocessed,
    input_ids: {
      shape: [ids.length, ids[0].length],
      data: ids.flat(),
      expected: { ...inputs.input_ids, atol: 0, rtol: 0 },
    },
    image_features: outputOf(imageFeatures),
    text_features: outputOf(textFeatures),
    image_embeds: outputOf(images),
    text_embeds: outputOf(texts),
    logits_per_image: outputOf(logits),
    logits_per_text: outputOf(tf.transpose(logits)),
    vision_last_hidden_state: outputOf(vision.lastHiddenState),
    vision_pooled: outputOf(vision.pooled),
    cosine: outputOf(cosine),
    clip_score_per_pair: outputOf(scores),
    clip_score_metric: outputOf(tf.relu(tf.mean(tf.mul(cosine, 100)))),
    grad_pixel_values: channelsFirstOutput(tf.grad(cosineSum as never)(pixels) as Tensor),
  };
};
