import { readStyleFolder, type Style, styleFolderOf } from "specialist/datasets/mod.ts";
import { UserError } from "specialist/errors/mod.ts";
import type { AdaptConfig } from "./config.ts";

/** @throws UserError where there is no style of this name */
export function styleFolderFor({ data, style }: AdaptConfig): string {
  return data ?? styleFolderOf(style);
}

/**
 * The style with the shots to learn from.
 *
 * @throws UserError where it has fewer, or its folder is not as it should be
 */
export async function loadStyle(config: AdaptConfig): Promise<Style> {
  const { data, shots: wanted, styleWords, background } = config;
  const style = await readStyleFolder(styleFolderFor(config), {
    styleWords,
    background,
    limit: wanted,
  });
  if (style.shots.length < wanted && !data) {
    throw new UserError({
      what: `the style has only ${style.shots.length} shots`,
      field: "shots",
      value: wanted,
      remedy: `ask for at most ${style.shots.length}`,
    });
  }
  return style;
}
