/** The preset of a run on the command line and in sweeps: what lies between its fields and the schema's defaults. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { completeConfig, type ConfigLayer, isObject, overlay } from "./internal/runtime/mod.ts";
import { presetFor } from "./lab.ts";
import {
  emojiPreset,
  type Method,
  methodOf,
  methodSchema,
  type Preset,
  presets,
  trainingOf,
} from "./specialist/mod.ts";
import { type PresetName, shippedModel, type TrainConfig, trainSchema } from "./train_config.ts";

type Values = Record<string, unknown>;

/** The preset that a configuration names, else that of its model. */
export function presetOf({ preset, model }: Pick<TrainConfig, "preset" | "model">): Preset {
  return presets[preset ?? presetNameFor(model)];
}

/** Models of the shipped one's kind draw emoji; all others are taken for Stable Diffusion. */
function presetNameFor(model: string): PresetName {
  return presetFor({ model }) === emojiPreset || isSmall(model) ? "study" : "paper";
}

/** Whether a folder holds a U-Net narrower than Stable Diffusion's. */
function isSmall(folder: string): boolean {
  try {
    const text = readFileSync(join(folder, "unet", "config.json"), "utf8");
    return JSON.parse(text).cross_attention_dim < 768;
  } catch {
    // Whatever is wrong with the model is said where it is loaded.
    return false;
  }
}

/**
 * The preset's fields for a run of which some fields are given; where these are not valid, those that do not
 * depend on them.
 *
 * @param given the other fields, from a file or a command line; `method` may be a recipe's fields
 * @param method in place of `given.method`, a method as a value
 */
export function presetLayer(given: Values, method?: Method): ConfigLayer {
  const name = typeof given.preset === "string" && Object.hasOwn(presets, given.preset)
    ? given.preset as PresetName
    : presetNameFor(typeof given.model === "string" ? given.model : shippedModel);
  const preset = presets[name];
  const { training, fields } = method
    ? { training: trainingOf(method, preset), fields: {} }
    : ofRecipe(given.method, preset);
  return {
    source: `preset ${name}`,
    values: {
      preset: name,
      training,
      sampling: { ...preset.sampling },
      ...fields && Object.keys(fields).length > 0 && { method: fields },
    },
  };
}

function ofRecipe(given: unknown, preset: Preset): { training: Values; fields?: Values } {
  const fields = methodFields(given as Partial<TrainConfig["method"]> | undefined, preset);
  const layers = [{ source: "", values: fields }, { source: "", values: given as Values ?? {} }];
  const { data } = methodSchema.safeParse(overlay(layers));
  return data
    ? { training: trainingOf(methodOf(data), preset), fields }
    : { training: { ...preset.training }, fields };
}

/** The settings of a recipe's parts. */
function methodFields(given: Partial<TrainConfig["method"]> | undefined, preset: Preset): Values {
  const { transforms, retrieval, contentLoss, lora } = preset;
  switch (given?.method) {
    case "specialist":
      return {
        augmentation: transforms,
        captions: { retrieval },
        contentLoss,
        ...given.trainable?.lora && lora && { trainable: { lora } },
      };
    case "lora":
      return lora ?? {};
    default:
      return {};
  }
}

/** The fields that some preset sets for some method. */
export const presetPaths: ReadonlySet<string> = new Set(
  Object.keys(presets).flatMap((preset) =>
    [{ method: "specialist", trainable: { lora: {} } }, { method: "lora" }].flatMap((method) => {
      const { preset: _, ...values } = presetLayer({ preset, method }).values;
      return pathsIn(values);
    })
  ),
);

function pathsIn(values: Values): string[] {
  return Object.entries(values).flatMap(([key, value]) =>
    isObject(value) ? pathsIn(value).map((path) => `${key}.${path}`) : [key]
  );
}

/**
 * The complete configuration of a run: the fields that are given, then the preset's, then the schema's.
 *
 * @param source what an error calls the configuration
 * @throws UserError naming what is wrong in it
 */
export function completeTrainConfig(given: Values, source: string): TrainConfig {
  const layers = [presetLayer(given), { source, values: given }];
  return completeConfig(trainSchema, overlay(layers), source);
}
