/** Teaches the base model an unseen style from eight pictures, with all three parts of the method. */
import { join } from "node:path";
import { adapt } from "../adapt/adapt.ts";
import { type AdaptConfig, adaptSchema } from "../adapt/config.ts";
import { emojiParts } from "specialist/presets/mod.ts";
import { resultOf } from "../adapt/result.ts";
import { scoreTable } from "../adapt/score_table.ts";
import type { DemoConfig } from "./config.ts";

/** Where the guide sees so much left of validation concepts, the judge sees 91 %. */
const keepContent = 0.93;

/** The demo's choices as a complete configuration. */
export function demoAdaptation({ steps, concepts, ...rest }: DemoConfig): AdaptConfig {
  const usual = adaptSchema.parse({ method: { method: "specialist", ...emojiParts } });
  return adaptSchema.parse({
    ...rest,
    method: usual.method,
    training: { ...usual.training, steps },
    strength: { keepContent },
    evaluation: { split: "test", concepts },
  });
}

export async function demo(config: DemoConfig, signal?: AbortSignal): Promise<void> {
  const { record, folder } = await adapt(demoAdaptation(config), signal);
  const { scores } = resultOf(record);
  console.log(`\n${scoreTable(scores)}\n`);
  console.log(`Report:   ${join(folder, "report.html")}`);
  console.log(`Pictures: ${join(folder, "grid.png")}`);
  console.log(`Model:    ${join(folder, "model")}`);
}
