/** Makes the judges, and says how valid they are. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { mean } from "simple-statistics";
import { z } from "zod";
import { loadEmoji, readSplits, readTrainingParaphrases } from "specialist/data";
import { clipJudge, type Judge, twoJudges } from "specialist/evaluation";
import {
  gitCommit,
  hashFolder,
  readJson,
  requireReplaceable,
  writeAtomically,
} from "specialist/internal/runtime/mod.ts";
import { tf, useBackend } from "specialist/internal/tensor/mod.ts";
import {
  clipTextConfigSchema,
  type ContentJudgeConfig,
  contentJudgeSpecs,
  imageTowerSpecs,
  judgeImages,
  type Judges,
  judgeTexts,
  loadClip,
  loadTokenizer,
  loadVae,
  type Model,
  type Params,
  saveJudges,
  type VaeConfig,
} from "specialist/models";
import { hashOfDrawings } from "../pretrain/base_data.ts";
import { stage } from "../pretrain/stage.ts";
import type { JudgesConfig } from "./config.ts";
import { contentSpecs, contentTask } from "./content_task.ts";
import {
  type CheckedSplit,
  checkedSplit,
  judgeDrawings,
  reconstructed,
  withDecoded,
} from "./judge_data.ts";
import { type CurvePoint, type InstrumentRecord, writeReport } from "./report.ts";
import { styleSpecs, styleTask } from "./style_task.ts";
import { type Judged, validityOf } from "./validity.ts";

/** Steps between points of the learning curve. */
const curveEvery = 200;

/** Trains what is not trained yet, writes the judges and their validity report. */
export async function judges(config: JudgesConfig, signal?: AbortSignal): Promise<void> {
  const { seed, content, style, report } = config;
  const backend = await useBackend({ batch: content.training.batchSize });
  console.log(`Computing with ${backend}`);
  await requireReplaceable(config.output, ["training.json"]);
  await Deno.mkdir(report, { recursive: true });
  const [emoji, splits] = [await loadEmoji(), await readSplits()];
  const vae = await loadVae(config.autoencoder);
  const drawings = judgeDrawings(
    emoji,
    splits,
    await readTrainingParaphrases(),
    config.concepts,
  );
  const datasets = {
    drawings: hashOfDrawings(drawings),
    autoencoder: await hashFolder(config.autoencoder),
  };
  const shared = { seed, datasets, backend, signal };
  const rendered = once(() => withDecoded(drawings, vae, emoji.size));
  const tokenizer = await loadTokenizer(config.tokenizer);
  const { hidden_size } = content.text;
  const contentConfig: ContentJudgeConfig = {
    image_config: content.image,
    text_config: clipTextConfigSchema.parse({
      ...content.text,
      intermediate_size: 4 * hidden_size,
      vocab_size: tokenizer.vocabSize,
      max_position_embeddings: tokenizer.data.maxLength,
      eos_token_id: tokenizer.eosId,
    }),
  };
  const styleConfig = { image_config: style.image };

  const styleStage = await stage({
    ...shared,
    name: "style-judge",
    config: style,
    training: style.training,
    specs: styleSpecs(styleConfig, new Set(drawings.map(({ set }) => set)).size),
    task: () => styleTask(config, styleConfig, rendered()),
  });

  const validation = checkedSplit(emoji, splits, "validation");
  const curve = await learningCurve(join(report, "learning-curve.json"));
  const concepts = new Set(drawings.map(({ concept }) => concept)).size;
  const contentStage = await stage({
    ...shared,
    name: "content-judge",
    config: content,
    training: content.training,
    specs: contentSpecs(contentConfig, concepts),
    task: () => contentTask(config, contentConfig, tokenizer, rendered()),
    async onStep(step, weights) {
      if (step % curveEvery !== 0) return;
      const params = weights.read();
      const captionTop1 = topOneOf({ config: contentConfig, params, tokenizer }, validation);
      tf.dispose(params);
      await curve.add({ step, captionTop1 });
    },
  });

  const made: Judges = {
    content: {
      config: contentConfig,
      tokenizer,
      params: only(contentStage.params, Object.keys(contentJudgeSpecs(contentConfig))),
    },
    style: {
      config: styleConfig,
      params: only(styleStage.params, Object.keys(imageTowerSpecs(style.image))),
    },
  };
  const test = checkedSplit(emoji, splits, "test");
  const decoded = decodedSplit(test, vae);
  const judge = twoJudges(made);
  const instruments = [
    instrumentRecord("the judges", await judgedBy(judge, test), test),
    instrumentRecord("the judges, on reconstructions", await judgedBy(judge, decoded), decoded),
  ];
  if (existsSync(config.compare)) {
    const clip = await loadClip(config.compare);
    const judged = await judgedBy(clipJudge(clip), test);
    instruments.push(instrumentRecord(`CLIP in ${config.compare}`, judged, test));
    tf.dispose(clip.params);
  }
  const costOf = (steps: number, { loss, seconds }: typeof styleStage) => ({
    steps,
    loss,
    seconds,
  });
  const parts = {
    "content judge": costOf(content.training.steps, contentStage),
    "style judge": costOf(style.training.steps, styleStage),
  };
  await writeReport(report, {
    split: "test",
    instruments,
    curve: curve.points,
    backend,
    commit: gitCommit(),
    parts,
  });
  await saveJudges(config.output, made, {
    "training.json": JSON.stringify(
      { command: "deno task judges", config, parts, backend },
      null,
      2,
    ),
    "README.md": card(report),
  });
  console.log(`The judges are in ${config.output}, their validity in ${join(report, "README.md")}`);
}

/** The split's drawings and shots as the autoencoder gives them back. */
function decodedSplit(split: CheckedSplit, vae: Model<VaeConfig>): CheckedSplit {
  const decode = (drawings: CheckedSplit["drawings"]) => {
    const images = reconstructed(drawings.map(({ image }) => image), vae);
    return drawings.map((drawing, i) => ({ ...drawing, image: images[i] }));
  };
  return { ...split, drawings: decode(split.drawings), shots: decode(split.shots) };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** The points so far, those before an interruption included. */
async function learningCurve(file: string) {
  const schema = z.array(z.strictObject({ step: z.int(), captionTop1: z.number() }));
  const points: CurvePoint[] = existsSync(file) ? await readJson(file, schema) : [];
  return {
    points,
    async add(point: CurvePoint) {
      while (points.length > 0 && points.at(-1)!.step >= point.step) points.pop();
      points.push(point);
      await writeAtomically(file, JSON.stringify(points, null, 2));
    },
  };
}

function topOneOf(judge: Judges["content"], split: CheckedSplit): number {
  const drawings = split.drawings.filter(({ role }) => role === "style");
  const texts = judgeTexts(judge, split.concepts.map(({ caption }) => caption));
  const rows = judgeImages(judge, drawings.map(({ image }) => image));
  const right = rows.map((row, i) => {
    const scores = texts.map((text) => text.reduce((sum, value, j) => sum + value * row[j], 0));
    const best = scores.indexOf(Math.max(...scores));
    return Number(split.concepts[best].id === drawings[i].concept);
  });
  return mean(right);
}

async function judgedBy(judge: Judge, split: CheckedSplit): Promise<Judged> {
  const texts = await judge.texts(split.concepts.map(({ caption }) => caption));
  const drawings = await judge.images(split.drawings.map(({ image }) => image));
  const shots = await judge.images(split.shots.map(({ image }) => image));
  return {
    concepts: split.concepts.map(({ id }, i) => ({ id, text: texts[i] })),
    drawings: split.drawings.map(({ concept, set }, i) => ({ concept, set, ...drawings[i] })),
    shots: split.shots.map(({ set }, i) => ({ set, style: shots[i].style })),
  };
}

function instrumentRecord(name: string, judged: Judged, split: CheckedSplit): InstrumentRecord {
  const roles = new Map(split.drawings.map(({ set, role }) => [set, role]));
  return {
    name,
    sets: [...roles].map(([set, role]) => ({ set, role, validity: validityOf(judged, set) })),
  };
}

function only(params: Params, names: readonly string[]): Params {
  return Object.fromEntries(names.map((name) => [name, params[name]]));
}

function card(report: string): string {
  return `# The judges of emoji-base

Two instruments that score images of emoji; no method, part or choice of settings may see them.
\`content\` puts images and captions without style into one space; \`style\` puts images of one designer
close together. Written by \`deno task judges\`; how valid they are: ${report}/README.md.

They were trained on the seven base sets and on the target designers' drawings of the split \`train\`.
The weights are under the project's licence, the drawings under those in data/LICENSES.md.
`;
}
