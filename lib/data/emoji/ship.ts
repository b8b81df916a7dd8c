/** What is committed of the benchmark: shots, captions, licences. */
import { dirname, join } from "node:path";
import {
  dataFile,
  renderTable,
  replaceFolder,
  writeAtomically,
} from "../../internal/runtime/mod.ts";
import { emojiCorpusFile } from "../caption_lists.ts";
import { writePng } from "../image_files.ts";
import { createRandom } from "../random.ts";
import { shotSetCount, styleFolderOf } from "../style_folder.ts";
import { itemCaptions, makeCaptionCorpus, readCorpusParaphrases } from "./captions.ts";
import type { Concept } from "./concepts.ts";
import { drawIcon, type Emoji } from "./load.ts";
import { type EmojiSet, emojiSets, readIconSets } from "./sets.ts";
import type { Splits } from "./splits.ts";

/** The size of a shot set. */
const shotCount = 8;

/**
 * The concepts of each of a style's shot sets. The first set is the same in all styles. The others are
 * drawn for each style: if they had the same concepts, styles would not repeat an experiment independently.
 */
export function shotSetsOf({ seed, shots }: Splits, style: string): string[][] {
  const rest = createRandom(`${seed} ${style} shot sets`).shuffle(shots.slice(shotCount));
  const ordered = [...shots.slice(0, shotCount), ...rest];
  return Array.from(
    { length: shotSetCount },
    (_, i) => ordered.slice(i * shotCount, (i + 1) * shotCount),
  );
}

/** Writes what the project ships of the benchmark: shots, caption corpus and licences. */
export async function shipEmoji({ concepts, sets }: Emoji, splits: Splits): Promise<void> {
  const byId = new Map(concepts.map((concept) => [concept.id, concept]));
  for (const set of sets.filter(({ role }) => role === "style")) {
    for (const [i, ids] of shotSetsOf(splits, set.name).entries()) {
      const shots = ids.map((id) => byId.get(id)!);
      await shipStyle(set, shots, styleFolderOf(set.name, i + 1));
    }
  }
  const captions = await makeCaptionCorpus(concepts, splits, await readCorpusParaphrases());
  await Deno.mkdir(dirname(emojiCorpusFile), { recursive: true });
  await writeAtomically(emojiCorpusFile, [...captions.keys()].join("\n") + "\n");
  await writeAtomically(dataFile("LICENSES.md"), renderLicences());
}

/** Width and height of shipped shots, in pixels. */
const size = 128;

/** Writes the folder of a style, for `readStyleFolder`: these concepts as the set draws them. */
async function shipStyle(
  set: EmojiSet,
  shots: readonly Concept[],
  target: string,
): Promise<void> {
  const icons = (await readIconSets()).get(set.name)!;
  await Deno.mkdir(dirname(target), { recursive: true });
  await replaceFolder(target, async (folder) => {
    for (const { id, icons: names } of shots) {
      await writePng(join(folder, `${id}.png`), await drawIcon(icons, names[set.name], size));
    }
    const captions = shots.map((shot) =>
      JSON.stringify({ file: `${shot.id}.png`, caption: itemCaptions(shot)[0] })
    );
    await writeAtomically(join(folder, "captions.jsonl"), captions.join("\n") + "\n");
    await writeAtomically(join(folder, "style.json"), styleFile(set));
    await writeAtomically(join(folder, "README.md"), readme(set));
  });
}

function styleFile({ styleWords, title, author, licence, source }: EmojiSet): string {
  return JSON.stringify({ styleWords, title, author, licence, source }, null, 2) + "\n";
}

function readme({ styleWords, title, author, licence, source }: EmojiSet): string {
  return `# ${title}

Style words: ${styleWords}

The images are drawings from [${title}](${source}) by ${author},
licensed ${licence}. They are drawn at ${size} × ${size} pixels on white, and otherwise unchanged.
`;
}

/** Whose work the shipped data is, as Markdown. */
function renderLicences(): string {
  const table = renderTable([...emojiSets], [
    { title: "Set", value: ({ title, source }) => `[${title}](${source})` },
    { title: "Author", value: ({ author }) => author },
    { title: "Licence", value: ({ licence }) => `[${licence}](${licenceText(licence)})` },
    { title: "Used for", value: useOf },
  ], "markdown");
  return `# Licences of the data

## Drawings

${table}

They come from the icon sets of [Iconify](https://github.com/iconify/icon-sets), are drawn at fixed
sizes on white, and are otherwise unchanged.

## Names and keywords

Captions are made of the names and keywords in
[emojibase-data](https://github.com/milesj/emojibase) by Miles Johnson,
[MIT](${licenceText("MIT")}). The paraphrases in captions and prompts
were written by hand for this project and have its licence.

## Vocabulary

tokenizers/clip has the merges of the tokenizer of [CLIP](https://github.com/openai/CLIP) by OpenAI,
[MIT](${licenceText("MIT")}).
`;
}

function useOf({ role, name }: EmojiSet): string {
  return role === "base"
    ? "training the base model"
    : `the shots in styles/${name} and shot_sets, and scoring`;
}

function licenceText(licence: string): string {
  return `https://spdx.org/licenses/${licence}.html`;
}
