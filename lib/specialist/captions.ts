/**
 * Text-to-image customized augmentation, the text half. Every time a shot is shown, its caption goes
 * through these parts in turn: a retrieved caption in its place, other words, one of the style
 * templates, and the name of the transform that its image went through.
 */
import { z } from "zod";
import { type Random, templateSchema } from "../data/mod.ts";
import { UserError } from "../internal/runtime/mod.ts";
import { type Part, type Preset, shipped } from "./part.ts";
import { type CaptionIndex, retrieveCaptions } from "./retrieval.ts";
import { doubledCaption, type Transform } from "./transforms.ts";
import { loadWordNet, replaceSynonyms } from "./wordnet.ts";

/** A caption for one showing of a shot, made from the caption that the part before has made. */
export type Rephrase = (
  caption: string,
  /** The shot's index, the transform of its image if there was one, and a stream of the part's own. */
  at: { shot: number; transform?: Transform; random: Random },
) => string;

/** One step from a shot's own caption to the one that it is shown with. */
export type CaptionPart = Part & {
  /** The part with a preset's settings where its own are missing. */
  complete?(preset: Preset): CaptionPart;
  /** Looks up once what the part needs, for the shots' own captions. */
  prepare(shots: CaptionedStyle): Rephrase | Promise<Rephrase>;
};

/** The inputs of captions. */
type CaptionedStyle = {
  /** Each shot's caption, in words without the style. */
  captions: readonly string[];
  /** What the style is called. */
  styleWords: string;
  /** The corpus to retrieve from. */
  captionIndex?: CaptionIndex;
};

/** The paper's five. */
export const captionTemplates = [
  "{item} in the style of {style}",
  "{item} in {style} style",
  "a picture of {item} in {style} style",
  "a rendering of {item} in {style} style",
  "a painting of {item} in {style} style",
] as const;

/** The cosine that a retrieved caption exceeds in the released code. */
const releasedThreshold = 0.65;

/** The settings of all parts; the defaults are the released code's. */
export const captionsSchema = z.strictObject({
  retrieval: z.strictObject({
    enabled: z.boolean().default(true).describe(
      "Whether a shot's own caption is replaced by similar ones",
    ),
    threshold: z.number().min(-1).max(1).default(releasedThreshold).describe(
      "The cosine with the shot's own caption that a caption must exceed; the released code collects " +
        "above 0.5 and then trains on those above 0.65",
    ),
    limit: z.int().min(0).optional().describe(
      "At most this many captions besides the shot's own, the most similar; all by default, " +
        "as in the released code",
    ),
  }).prefault({}).describe("Similar captions from a corpus"),
  synonyms: z.strictObject({
    enabled: z.boolean().default(true).describe("Whether words of a caption are replaced"),
    probability: z.number().min(0).max(1).default(1)
      .describe("Probability that a word is drawn again from its synonyms and itself"),
  }).prefault({}).describe("Words replaced by their synonyms"),
  templates: z.array(templateSchema).min(1).default([...captionTemplates])
    .describe("Sentences with {item} and {style} to choose from, each equally likely"),
});

export type CaptionsConfig = z.infer<typeof captionsSchema>;
type RetrievalSettings = Partial<Omit<CaptionsConfig["retrieval"], "enabled">>;

/**
 * Similar captions from the corpus in place of the shot's own, which stays one of the choices.
 *
 * @param settings the preset's by default, and 0.65 where it has none
 */
export function retrievedCaptions(settings: RetrievalSettings = {}): CaptionPart {
  const { threshold = releasedThreshold, limit } = settings;
  return shipped({
    name: "retrieved",
    settings: { threshold, limit },
    complete: (preset) => retrievedCaptions({ ...preset.retrieval, ...settings }),
    async prepare({ captions, captionIndex }) {
      if (!captionIndex) throw missingCorpus();
      const items = await retrieveCaptions(captions, captionIndex, { threshold, limit });
      return (_, { shot, random }) => random.choice(items[shot]);
    },
  });
}

/** Each word, with `probability`, drawn from its synonyms in WordNet and itself. */
export function synonyms({ probability = 1 }: { probability?: number } = {}): CaptionPart {
  return shipped({
    name: "synonyms",
    settings: { probability },
    async prepare() {
      const synonymsOf = await loadWordNet();
      return (caption, { random }) => replaceSynonyms(caption, synonymsOf, probability, random);
    },
  });
}

/** A sentence that joins a caption with its style, each equally likely. */
export function templates(sentences: readonly string[] = captionTemplates): CaptionPart {
  return shipped({
    name: "templates",
    settings: { sentences: [...sentences] },
    prepare: ({ styleWords }) => (item, { random }) =>
      fillTemplate(random.choice(sentences), { item, style: styleWords }),
  });
}

/** The name of the transform that the image went through: "… with the RandomInvert transformation". */
export const doubledCaptions: CaptionPart = shipped({
  name: "doubled",
  prepare: () => (caption, { transform }) =>
    transform ? doubledCaption(transform, caption) : caption,
});

/** The parts that a configuration asks for, in the paper's order. */
export function captionPartsOf(
  { retrieval, synonyms: words, templates: sentences }: CaptionsConfig,
): CaptionPart[] {
  return [
    ...retrieval.enabled
      ? [retrievedCaptions({ threshold: retrieval.threshold, limit: retrieval.limit })]
      : [],
    ...words.enabled ? [synonyms(words)] : [],
    templates(sentences),
    doubledCaptions,
  ];
}

/**
 * Looks up all that captions are drawn from, once.
 *
 * ```ts
 * const draw = await captionDrawer([synonyms(), templates()], { captions, styleWords: "flat design" });
 * draw(3, createRandom(7)); // "a picture of a little car in flat design style"
 * ```
 *
 * @returns a caption for a showing of a shot; each part draws from a fork of the stream that it is given
 * @throws UserError if captions are to be retrieved and there is no corpus
 */
export async function captionDrawer(
  parts: readonly CaptionPart[],
  shots: CaptionedStyle,
): Promise<(shot: number, random: Random, transform?: Transform) => string> {
  const prepared: [string, Rephrase][] = [];
  for (const part of parts) prepared.push([part.name, await part.prepare(shots)]);
  return (shot, random, transform) =>
    prepared.reduce(
      (caption, [name, rephrase]) =>
        rephrase(caption, { shot, transform, random: random.fork(name) }),
      shots.captions[shot],
    );
}

/**
 * ```ts
 * fillTemplate("{item} in {style} style", { item: "a castle", style: "flat" }); // a castle in flat style
 * ```
 */
export function fillTemplate(template: string, words: { item: string; style: string }): string {
  return template.replace(/\{(item|style)\}/g, (_, name: "item" | "style") => words[name]);
}

/** The second template, "a red apple in flat design style": the prompt where nothing varies it. */
export function stylePrompt(item: string, style: string): string {
  return fillTemplate(captionTemplates[1], { item, style });
}

function missingCorpus(): UserError {
  return new UserError({
    what: "captions are to be retrieved, but there is no corpus to retrieve from",
    field: "retrieval.enabled",
    remedy: "give a corpus of captions, or set this to false",
  });
}
