import { basename } from "node:path";
import { UserError } from "../errors/mod.ts";
import { namesIn, replaceFolder } from "../files/mod.ts";

/**
 * Has `write` fill a model's folder, which then takes the place of the one at `path`.
 *
 * @throws UserError if that one holds anything that `write` does not write anew
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
