/** What diffusers writes of low-rank adapters' settings into a file's metadata. */
import { z } from "zod";
import { UserError } from "../../errors/mod.ts";
import { parseJson } from "../../files/mod.ts";

const key = "lora_adapter_metadata";

const alpha = z.number().positive().max(1e6).optional();
const rank = z.int().positive().max(1e6).optional();
const off = z.literal(false).optional();
const empty = z.strictObject({}).optional();

/** Of settings that change what adapters do, only these values are known here. */
const settingsSchema = z.looseObject({
  "unet.r": rank,
  "unet.lora_alpha": alpha,
  "unet.alpha_pattern": empty,
  "unet.use_rslora": off,
  "text_encoder.lora_alpha": alpha,
  "text_encoder.alpha_pattern": empty,
  "text_encoder.use_rslora": off,
});

export type LoraSettings = z.infer<typeof settingsSchema>;

/**
 * The settings that a file's metadata hold; none where it has none.
 *
 * @throws UserError naming the file, and the setting that is not known here
 */
export function readLoraSettings(file: string, metadata: Record<string, string>): LoraSettings {
  if (metadata[key] === undefined) return {};
  const fail = (what: string, field: string, cause: unknown) =>
    new UserError({
      what: `these adapters' settings are not known here: ${what}`,
      file,
      field,
      remedy: "give adapters whose scale is alpha / rank, the same for all layers",
    }, { cause });
  let value: unknown;
  try {
    value = parseJson(metadata[key]);
  } catch (error) {
    throw fail((error as Error).message, key, error);
  }
  const parsed = settingsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ message, path }] = parsed.error.issues;
  throw fail(message, String(path[0] ?? key), parsed.error);
}

export function loraSettingsMetadata(settings: LoraSettings): Record<string, string> {
  return { [key]: JSON.stringify(settings) };
}

/** Metadata without the settings. */
export function withoutLoraSettings(
  { [key]: _, ...others }: Record<string, string>,
): Record<string, string> {
  return others;
}
