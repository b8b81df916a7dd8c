/** The two CLIPs as stages: trained once, by whichever process, and read by all. */
import { type Clip, clipSpecs } from "specialist/models/clip/mod.ts";
import type { TrainingTask } from "specialist/training/mod.ts";
import { tf } from "specialist/tensorflow/mod.ts";
import type { BaseData } from "./base_data.ts";
import { clipTask } from "./clip.ts";
import type { PretrainConfig } from "./config.ts";
import type { PartRecord } from "./model_folder.ts";
import {
  costOf,
  finishedRecord,
  finishedStage,
  stage,
  type StageContext,
  type StageOptions,
} from "./stage.ts";

export const clipNames = ["guide", "judge"] as const;
export type ClipName = typeof clipNames[number];

export type ClipStages = {
  /** Trains those that are among the configuration's stages. */
  train(): Promise<void>;
  /** Undefined where it has not been trained. */
  trained(name: ClipName): Promise<Clip | undefined>;
  /** Undefined where it has not been trained. */
  record(name: ClipName): Promise<PartRecord | undefined>;
};

/** @param starts what each begins as; its parameters are disposed once it is trained */
export function clipStages(
  { clip, stages }: PretrainConfig,
  data: BaseData,
  shared: StageContext,
  starts: Record<ClipName, Clip>,
): ClipStages {
  const optionsOf = (name: ClipName): StageOptions => ({
    ...shared,
    name,
    config: { model: starts[name].config, ...clip[name] },
    training: clip[name].training,
    specs: clipSpecs(starts[name].config),
    task(): TrainingTask {
      const { params, config, tokenizer } = starts[name];
      return clipTask(params, config, clip[name], tokenizer, data);
    },
  });
  return {
    async train() {
      for (const name of clipNames) {
        if (stages.includes(name)) tf.dispose((await stage(optionsOf(name))).params);
      }
    },
    async trained(name) {
      const result = await finishedStage(optionsOf(name));
      return result && { ...starts[name], params: result.params };
    },
    async record(name) {
      const record = await finishedRecord(optionsOf(name));
      const { steps } = clip[name].training;
      return record && { steps, of: steps, ...costOf(record) };
    },
  };
}
