/** The config.json of a network: which fields are supported, and which sizes fit together. */
import { basename } from "node:path";
import { z } from "zod";
import { namesIn, replaceFolder, UserError } from "../../internal/runtime/mod.ts";

/** A field with only one supported value. */
export function only<T extends string | number | boolean | null>(value: T) {
  return z.literal(value, { error: `is not supported; only ${JSON.stringify(value)} is` })
    .optional();
}

/**
 * The schema of a component's config.json. Fields beyond `shape` are kept, so that the file can be
 * written as it was read, where they can make no difference: those that are null or false, and notes,
 * whose names begin with an underscore. Any other is refused by its name.
 */
export function componentConfig<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.looseObject(shape).superRefine((config, context) => {
    for (const [field, value] of Object.entries(config)) {
      if (
        Object.hasOwn(shape, field) || field.startsWith("_") || value === null || value === false
      ) continue;
      context.addIssue({
        code: "custom",
        path: [field],
        message: `is an unknown field (${JSON.stringify(value)})`,
      });
    }
  });
}

// Sizes in a network's config.json, which may claim any number: more than any network has is refused.

/** Of tensors: channels, heads, tokens. */
export const size = z.int().positive().max(1 << 20);

/** Of layers, each of which has a dozen parameters. */
export const layers = z.int().positive().max(100);

/** Channels of each level of a U-shaped network. */
export const levels = z.array(size).min(1).max(16);

/** Whether each level's channels can be normalized in this number of groups. */
export function groupsDivide(
  { block_out_channels: widths, norm_num_groups }: {
    block_out_channels: number[];
    norm_num_groups: number;
  },
): boolean {
  return widths.every((width) => width % norm_num_groups === 0);
}

/** What is said where they cannot. */
export const undividedGroups = {
  path: ["norm_num_groups"],
  error: "must divide the channels of every level",
};

const floats = [
  ...["attention_dropout", "dropout", "initializer_factor", "initializer_range", "layer_norm_eps"],
  "logit_scale_init_value",
];
const wholeFloat = new RegExp(`^(\\s*"(?:${floats.join("|")})": -?\\d+)(?=,?$)`, "gm");

/** A config.json for transformers, which refuses 1 where a field of CLIP's is to be 1.0. */
export function transformersConfig(config: object): string {
  return JSON.stringify(config, null, 2).replace(wholeFloat, "$1.0");
}

/**
 * Has `write` fill a model's folder, which then takes the place of the one at `path`.
 *
 * @throws UserError if that one holds anything that `write` does not replace
 */
export async function saveFolder(
  path: string,
  write: (folder: string) => Promise<void>,
): Promise<void> {
  await replaceFolder(path, async (fresh) => {
    await write(fresh);
    const own = await namesIn(fresh);
    const [other, ...more] = [...await namesIn(path)].filter((name) => !own.has(name)).sort();
    if (other === undefined) return;
    throw new UserError({
      what: `${basename(path)} holds more than a model: ${other}` +
        (more.length > 0 ? ` and ${more.length} more` : ""),
      file: path,
      remedy: "save the model to a new folder",
    });
  });
}
