/** Teaches the base model an unseen style from eight images, with all three parts of the method. */
import { emojiPreset, type FinishedRun, openLab, specialist, train } from "specialist";
import { describeRun } from "../train/train.ts";
import type { DemoConfig } from "./config.ts";

/** Where the guide sees this share left of validation concepts, the judge sees 91 %. */
const keepContent = 0.93;

/** The demo's run, which is not repeated once it is finished. */
export async function runDemo(config: DemoConfig, signal?: AbortSignal): Promise<FinishedRun> {
  const { style, data, styleWords, model, output, seed, steps, concepts } = config;
  const lab = await openLab({ style, data, styleWords, model, signal, preset: emojiPreset });
  console.log(`Computing with ${lab.backend}`);
  const { peak } = emojiPreset.training.learningRate;
  return await train(lab, specialist(), {
    output,
    seed,
    training: { steps, learningRate: { peak } },
    strength: { keepContent },
    evaluation: { split: "test", concepts },
    signal,
  });
}

export async function demo(config: DemoConfig, signal?: AbortSignal): Promise<void> {
  console.log(describeRun(await runDemo(config, signal)));
}
