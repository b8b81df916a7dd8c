/** How well base models draw in the styles that they have learned: test concepts, by the judges. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { markdownTable } from "markdown-table";
import { mean } from "simple-statistics";
import { z } from "zod";
import {
  createRandom,
  type Emoji,
  type Image,
  imageGrid,
  loadEmoji,
  readSplits,
  type Splits,
  writePng,
} from "specialist/data";
import {
  benchmarkSubjects,
  clipScores,
  cosine,
  drawSubjects,
  type Interval,
  type Judge,
  judgeSubjects,
  likeness,
  loadJudge,
  pairedDifference,
  spread,
  type Subject,
} from "specialist/evaluation";
import { latest } from "specialist/internal/cli/results.ts";
import { gitCommit, readJson, writeAtomically } from "specialist/internal/runtime/mod.ts";
import { tf, useBackend } from "specialist/internal/tensor/mod.ts";
import { loadStableDiffusion } from "specialist/models";
import { captionTemplates, doubledCaption, paperTransforms } from "specialist/specialist";
import type { BaseStylesConfig } from "../commands/options.ts";

/** Concepts of the image that shows models side by side. */
const shown = 10;

const [invert] = paperTransforms;

const scoreNames = ["likeness", "content", "style"] as const;
type Scores = Record<typeof scoreNames[number], number[]>;

/** A value for each drawing of each style. Content is less that of the designer's own drawing. */
const recordSchema = z.strictObject({
  name: z.string(),
  backend: z.string(),
  commit: z.string().optional(),
  /** What was drawn, by which judge. Records of other settings are not compared. */
  settings: z.string(),
  /** Mean level of the images' ground in the first style, as captioned and called inverted. */
  ground: z.strictObject({ plain: z.number(), inverted: z.number() }),
  sets: z.array(z.strictObject({
    set: z.string(),
    concepts: z.array(z.string()),
    scores: z.strictObject({
      likeness: z.array(z.number()),
      content: z.array(z.number()),
      style: z.array(z.number()),
    }),
  })),
});

type ModelRecord = z.infer<typeof recordSchema>;

/**
 * Measures each model, and writes record, table, and an image of all models side by side. Models that were
 * measured before with the same settings stay in the table, though their folders may be gone.
 */
export async function baseStyles(config: BaseStylesConfig, signal?: AbortSignal): Promise<void> {
  const { models, concepts, seed, sampling, output } = config;
  const backend = await useBackend({ batch: 32 });
  console.log(`Computing with ${backend}`);
  const judge = await loadJudge(config.judge);
  const subjects = subjectsOf(await loadEmoji(), await readSplits(), concepts);
  const settings = JSON.stringify({ concepts, seed, sampling });
  const file = join(output, "base_styles.json");
  const earlier = existsSync(file) ? file : latest("results/model/base_styles.json");
  const before = existsSync(earlier) ? await readJson(earlier, z.array(recordSchema)) : [];
  const records = before.filter((record) =>
    record.settings === settings && !models.some((folder) => basename(folder) === record.name)
  );
  const rows = new Map<string, Image[]>();
  for (const folder of models) {
    const model = await loadStableDiffusion(folder);
    const name = basename(folder);
    const drawing = { seed, sampling, signal };
    const sets: ModelRecord["sets"] = [];
    for (const { set, styleWords, subjects: own } of subjects) {
      const label = `${name}, ${set}`;
      const images = await drawSubjects(model, own, { ...drawing, styleWords, label });
      sets.push({
        set,
        concepts: own.map(({ id }) => id),
        scores: await scoresOf(judge, own, images),
      });
      rows.set(label, spread(images, shown));
    }
    const [{ styleWords, subjects: own }] = subjects;
    const groundOf = async (kind: keyof ModelRecord["ground"], template?: string) => {
      const named = spread(own, shown).map((subject) => ({ ...subject, template }));
      const label = `${name}, ${kind}`;
      const images = await drawSubjects(model, named, { ...drawing, styleWords, label });
      return mean(images.map(groundLevel));
    };
    const ground = {
      plain: await groundOf("plain"),
      inverted: await groundOf("inverted", doubledCaption(invert, captionTemplates[1])),
    };
    tf.dispose([model.textEncoder.params, model.unet.params, model.vae.params]);
    records.push({ name, backend, commit: gitCommit(), settings, ground, sets });
  }
  await Deno.mkdir(output, { recursive: true });
  await writeAtomically(file, JSON.stringify(records, null, 1));
  await writeAtomically(join(output, "base_styles.md"), pageOf(records, config));
  const grid = subjects.flatMap(({ set, subjects: own }) => [
    ...spread(own, shown).map(({ truth }) => truth!),
    ...models.flatMap((folder) => rows.get(`${basename(folder)}, ${set}`)!),
  ]);
  await writePng(join(output, "base_styles.png"), imageGrid(grid, shown, 2));
  console.log(tableOf(records));
}

/** Mean level of an image's outermost pixels, 0 to 255. */
function groundLevel({ width, height, data }: Image): number {
  const levels = data.filter((_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return x === 0 || y === 0 || x === width - 1 || y === height - 1;
  });
  return mean([...levels]);
}

type SetSubjects = { set: string; styleWords: string; subjects: Subject[] };

/** Test concepts that a base designer has drawn. */
function subjectsOf(emoji: Emoji, splits: Splits, concepts: number): SetSubjects[] {
  return emoji.sets.filter(({ role }) => role === "base").map(({ name: set, styleWords }) => ({
    set,
    styleWords,
    subjects: spread(
      benchmarkSubjects(emoji, splits, { split: "test", set }).filter(({ truth }) => truth),
      concepts,
    ),
  }));
}

async function scoresOf(
  judge: Judge,
  subjects: readonly Subject[],
  images: readonly Image[],
): Promise<Scores> {
  const judged = await judgeSubjects(judge, subjects, images);
  const items = judged.map(({ item }) => item);
  const own = clipScores(judged.map(({ truth }) => truth!.content), items);
  const content = clipScores(judged.map(({ image }) => image.content), items);
  return {
    likeness: judged.map(({ image, truth }) => likeness(image, truth!)),
    content: content.map((value, i) => value - own[i]),
    style: judged.map(({ image, truth }) => cosine(image.style, truth!.style)),
  };
}

function pageOf(
  records: readonly ModelRecord[],
  { models, concepts, sampling, seed }: BaseStylesConfig,
): string {
  const names = models.map((folder) => basename(folder)).join(", ");
  return `# Drawings in the base styles

Written by \`deno task specialist base-styles\`: up to ${concepts} test concepts in each of the seven styles that
the base model has learned, ${sampling.steps} sampler steps, guidance ${sampling.guidanceScale}, seed ${seed}, the same noise for each model.
The models have seen these concepts in these styles; what is measured is how well they draw, not how well
they generalize.

- **likeness**: mean of the judges' cosines of content and style with the designer's own drawing.
- **content**: 100 × cosine with the caption, less the same of the designer's own drawing.
- **style**: cosine of the style judge with the designer's own drawing.

${tableOf(records)}

${groundText(records)}

Differences are paired over concepts and styles, with 95 % intervals for other concepts.

Rows of each style: the designer's drawings, then ${names}.

![Drawings of each model side by side](base_styles.png)

${records.map(({ name, backend }) => `${name}: computed with ${backend}.`).join("\n")}
`;
}

/** Whether a model knows what the transforms' captions say. */
function groundText(records: readonly ModelRecord[]): string {
  const levels = records.map(({ name, ground: { plain, inverted } }) =>
    `${name} ${plain.toFixed(0)} and ${inverted.toFixed(0)}`
  );
  return `Mean level of the ground (0 is black, 255 white) where the prompt says nothing about it, and where it says
"${doubledCaption(invert, "…")}": ${levels.join("; ")}.`;
}

/** A row for each model and, from the second on, what it has more than the first. */
function tableOf(records: readonly ModelRecord[]): string {
  const all = ({ sets }: ModelRecord, name: keyof Scores) =>
    sets.flatMap(({ scores }) => scores[name]);
  const digits = (name: keyof Scores) => name === "content" ? 2 : 3;
  const [first, ...others] = records;
  const rows = records.map((record) => [
    record.name,
    ...scoreNames.map((name) => mean(all(record, name)).toFixed(digits(name))),
  ]);
  const differences = others.map((record) => [
    `${record.name} − ${first.name}`,
    ...scoreNames.map((name) => {
      const random = createRandom(`base styles ${name}`);
      const { value, ...ends } = pairedDifference(all(first, name), all(record, name), random);
      return differenceText(value, ends, digits(name));
    }),
  ]);
  return markdownTable([["", ...scoreNames], ...rows, ...differences], {
    align: ["l", ...scoreNames.map(() => "r")],
  });
}

function differenceText(value: number, { low, high }: Interval, digits: number): string {
  const signed = (x: number) => `${x < 0 ? "−" : "+"}${Math.abs(x).toFixed(digits)}`;
  return `${signed(value)} (${signed(low)} to ${signed(high)})`;
}
