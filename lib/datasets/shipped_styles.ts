import { didYouMean, UserError } from "../errors/mod.ts";
import { dataFile } from "../files/mod.ts";
import { emojiSets } from "./emoji/sets.ts";

/** The styles that the project ships shots of. */
export const shippedStyles: readonly string[] = emojiSets
  .filter(({ role }) => role === "style").map(({ name }) => name);

/**
 * The folder of a shipped style, for `readStyleFolder`.
 *
 * @throws UserError if there is no style of this name
 */
export function styleFolderOf(name: string): string {
  if (shippedStyles.includes(name)) return dataFile(`styles/${name}`);
  throw new UserError({
    what: `there is no such style${didYouMean(name, [...shippedStyles])}`,
    value: name,
    remedy: `choose one of ${shippedStyles.join(", ")}, or a folder of your own`,
  });
}
