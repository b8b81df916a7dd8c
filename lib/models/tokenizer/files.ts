/** Tokenizer folders, as diffusers and transformers save them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import {
  listOf,
  readJson,
  readText,
  recordOf,
  UserError,
  writeAtomically,
} from "../../internal/runtime/mod.ts";
import { endOfText, type Merge, startOfText, type Vocabulary } from "./bpe.ts";
import { createTokenizer, type Tokenizer } from "./clip_tokenizer.ts";

/** Ids that a text becomes; transformers writes 1e30 for a length without a limit. */
const maxTextLength = 1 << 16;

const id = z.int().min(0);
const vocabSchema = recordOf(id);
const text = z.string().min(1);
const tokenSchema = z.union([
  text,
  z.looseObject({ content: text }).transform(({ content }) => content),
]);
const configSchema = z.looseObject({
  model_max_length: z.number().min(3)
    .refine((length) => Number.isInteger(length), "must be a whole number").optional(),
  pad_token: tokenSchema.nullish(),
  added_tokens_decoder: recordOf(tokenSchema).default({}),
});
const tokenizerJsonSchema = z.looseObject({
  model: z.looseObject({
    vocab: vocabSchema,
    merges: listOf<Merge>(z.union([
      z.tuple([z.string(), z.string()]),
      z.string().regex(/^\S+ \S+$/).transform((merge) => merge.split(" ") as [string, string]),
    ])),
  }),
  added_tokens: listOf(z.looseObject({ id, content: text })).default([]),
});

/**
 * Reads a CLIP tokenizer: `vocab.json` and `merges.txt`, or `tokenizer.json` alone, and what
 * `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json` add.
 *
 * ```ts
 * const tokenizer = await loadTokenizer("stable-diffusion-v1-4/tokenizer");
 * tokenizer.encode("a castle beside a lake");
 * ```
 *
 * @throws UserError naming the file, where one is malformed; or the system's error
 */
export async function loadTokenizer(folder: string): Promise<Tokenizer> {
  const { vocab, merges, added } = await readVocabulary(folder);
  const config = await readOptional(join(folder, "tokenizer_config.json"), configSchema);
  const special = await readOptional(join(folder, "special_tokens_map.json"), configSchema);
  const addedFile = await readOptional(join(folder, "added_tokens.json"), vocabSchema);
  const known = [
    ...added,
    ...Object.entries(config?.added_tokens_decoder ?? {})
      .map(([id, token]) => [token, Number(id)] as const),
    ...Object.entries(addedFile ?? {}),
  ];
  const isAdded = ([token]: readonly [string, number]) =>
    token !== startOfText && token !== endOfText && !Object.hasOwn(vocab, token);
  const maxLength = config?.model_max_length;
  try {
    return createTokenizer({
      vocab,
      merges,
      padToken: config?.pad_token ?? special?.pad_token ?? endOfText,
      addedTokens: Object.fromEntries(known.filter(isAdded)),
      ...maxLength !== undefined && maxLength <= maxTextLength ? { maxLength } : {},
    });
  } catch (error) {
    throw new UserError({
      what: (error as Error).message,
      file: folder,
      remedy: "give the folder of a CLIP tokenizer",
    }, { cause: error });
  }
}

/** Writes the files that `loadTokenizer` and transformers' `CLIPTokenizer` read. */
export async function saveTokenizer({ data }: Tokenizer, folder: string): Promise<void> {
  const { vocab, merges, maxLength, padToken, addedTokens } = data;
  const special = {
    bos_token: startOfText,
    eos_token: endOfText,
    pad_token: padToken,
    unk_token: endOfText,
  };
  const inVocab = Object.fromEntries(
    [startOfText, endOfText].map((token) => [token, vocab[token]]),
  );
  const files = {
    "vocab.json": JSON.stringify(vocab),
    "merges.txt": ["#version: 0.2", ...merges.map((merge) => merge.join(" ")), ""].join("\n"),
    "added_tokens.json": JSON.stringify(addedTokens),
    "special_tokens_map.json": JSON.stringify(special, null, 2),
    "tokenizer_config.json": JSON.stringify(
      {
        tokenizer_class: "CLIPTokenizer",
        model_max_length: maxLength,
        do_lower_case: true,
        ...special,
        added_tokens_decoder: {
          ...tokenDecoder(inVocab, { special: true }),
          ...tokenDecoder(addedTokens, { special: false }),
        },
      },
      null,
      2,
    ),
  };
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeAtomically(join(folder, name), text);
}

/** Tokens as transformers describes them, by id. */
function tokenDecoder(ids: Record<string, number>, { special }: { special: boolean }) {
  return Object.fromEntries(
    Object.entries(ids).map(([content, id]) => [id, {
      content,
      lstrip: false,
      rstrip: false,
      normalized: false,
      single_word: false,
      special,
    }]),
  );
}

async function readVocabulary(
  folder: string,
): Promise<Vocabulary & { added: (readonly [string, number])[] }> {
  const whole = join(folder, "tokenizer.json");
  if (!existsSync(join(folder, "vocab.json")) && existsSync(whole)) {
    const { model, added_tokens } = await readJson(whole, tokenizerJsonSchema);
    return { ...model, added: added_tokens.map(({ content, id }) => [content, id] as const) };
  }
  return {
    vocab: await readJson(join(folder, "vocab.json"), vocabSchema),
    merges: await readMerges(join(folder, "merges.txt")),
    added: [],
  };
}

async function readMerges(path: string): Promise<Vocabulary["merges"]> {
  const lines = (await readText(path)).split(/\r?\n/);
  return lines.flatMap((line, i) => {
    if (line === "" || i === 0 && line.startsWith("#version")) return [];
    const [left, right, ...more] = line.split(" ");
    if (!left || !right || more.length > 0) {
      throw new UserError({
        what: "a merge is two symbols with a space between",
        file: path,
        field: `line ${i + 1}`,
        value: line,
      });
    }
    return [[left, right] as const];
  });
}

async function readOptional<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  return existsSync(path) ? await readJson(path, schema) : undefined;
}
