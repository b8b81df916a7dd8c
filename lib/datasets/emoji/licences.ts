import { renderTable } from "../../tables/mod.ts";
import { type EmojiSet, emojiSets } from "./sets.ts";

/** Whose work the shipped data is, as Markdown. */
export function renderLicences(): string {
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
[MIT](${licenceText("MIT")}).

## Vocabulary

tokenizers/clip has the merges of the tokenizer of [CLIP](https://github.com/openai/CLIP) by OpenAI,
[MIT](${licenceText("MIT")}).
`;
}

function useOf({ role, name }: EmojiSet): string {
  return role === "base" ? "training the base model" : `the shots in styles/${name}, and scoring`;
}

function licenceText(licence: string): string {
  return `https://spdx.org/licenses/${licence}.html`;
}
