/** The ten emoji sets of the benchmark, from npm packages. */
import type { getIconData } from "@iconify/utils";

/** A designer's drawings of the emoji. */
export type EmojiSet = {
  /** Of the icon set, as in `@iconify-json/noto`. */
  name: string;
  title: string;
  /** The base model learns "base" sets; "style" sets are unseen until a method adapts it to one. */
  role: "base" | "style";
  /** What the style is called in a prompt. */
  styleWords: string;
  author: string;
  /** SPDX identifier. */
  licence: string;
  source: string;
};

/** The sets of the benchmark, base sets first. */
export const emojiSets: readonly EmojiSet[] = [
  {
    name: "noto",
    title: "Noto Emoji",
    role: "base",
    styleWords: "noto",
    author: "Google Inc",
    licence: "Apache-2.0",
    source: "https://github.com/googlefonts/noto-emoji",
  },
  {
    name: "twemoji",
    title: "Twitter Emoji",
    role: "base",
    styleWords: "twemoji",
    author: "Twitter",
    licence: "CC-BY-4.0",
    source: "https://github.com/jdecked/twemoji",
  },
  {
    name: "emojione",
    title: "Emoji One (Colored)",
    role: "base",
    styleWords: "emojione",
    author: "Emoji One",
    licence: "CC-BY-4.0",
    source: "https://github.com/EmojiTwo/emojitwo",
  },
  {
    name: "fxemoji",
    title: "Firefox OS Emoji",
    role: "base",
    styleWords: "fxemoji",
    author: "Mozilla",
    licence: "Apache-2.0",
    source: "https://github.com/mozilla/fxemoji",
  },
  {
    name: "noto-v1",
    title: "Noto Emoji (v1)",
    role: "base",
    styleWords: "blob",
    author: "Google Inc",
    licence: "Apache-2.0",
    source: "https://github.com/googlefonts/noto-emoji",
  },
  {
    name: "emojione-monotone",
    title: "Emoji One (Monotone)",
    role: "base",
    styleWords: "monotone",
    author: "Emoji One",
    licence: "CC-BY-4.0",
    source: "https://github.com/EmojiTwo/emojitwo",
  },
  {
    name: "streamline-emojis",
    title: "Streamline Emojis",
    role: "base",
    styleWords: "streamline",
    author: "Streamline",
    licence: "CC-BY-4.0",
    source: "https://github.com/webalys-hq/streamline-vectors",
  },
  {
    name: "fluent-emoji-flat",
    title: "Fluent Emoji Flat",
    role: "style",
    styleWords: "fluent flat",
    author: "Microsoft Corporation",
    licence: "MIT",
    source: "https://github.com/microsoft/fluentui-emoji",
  },
  {
    name: "openmoji",
    title: "OpenMoji",
    role: "style",
    styleWords: "openmoji outline",
    author: "OpenMoji",
    licence: "CC-BY-SA-4.0",
    source: "https://github.com/hfg-gmuend/openmoji",
  },
  {
    name: "fluent-emoji-high-contrast",
    title: "Fluent Emoji High Contrast",
    role: "style",
    styleWords: "high contrast",
    author: "Microsoft Corporation",
    licence: "MIT",
    source: "https://github.com/microsoft/fluentui-emoji",
  },
];

type IconifyJSON = Parameters<typeof getIconData>[0];

/** The vector drawings of one designer, and the icon's name for each emoji they are known by. */
export type IconSet = {
  drawings: IconifyJSON;
  /**
   * By hexcode in lower case, without variation selectors; missing in sets that do not name them.
   */
  chars?: Record<string, string>;
};

/** The icon sets of the benchmark by name, from their npm packages. */
export async function readIconSets(): Promise<Map<string, IconSet>> {
  return new Map(
    await Promise.all(emojiSets.map(async ({ name }) => {
      const [drawings, chars] = await Promise.all([
        readPackageFile<IconifyJSON>(`@iconify-json/${name}/icons.json`),
        readPackageFile<Record<string, string>>(`@iconify-json/${name}/chars.json`),
      ]);
      const isTold = Object.keys(chars).length > 0;
      return [name, { drawings, chars: isTold ? chars : undefined }] as const;
    })),
  );
}

/** A JSON file of an npm package that `deno.json` names. */
export async function readPackageFile<T>(specifier: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(new URL(import.meta.resolve(specifier))));
}
