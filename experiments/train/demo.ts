/** Teaches the base model an unseen style from eight images, with all three parts of the method. */
import { join } from "node:path";
import { mean } from "simple-statistics";
import { emojiPreset, type FinishedRun, openLab, specialist, train } from "specialist";
import { shippedStyles } from "specialist/data";
import { resultOf, type ScoreComparison } from "specialist/evaluation";
import {
  formatBytes,
  renderTable,
  type RunRecord,
  writeAtomically,
} from "specialist/internal/runtime/mod.ts";
import { type DemoConfig, demoSchema, type DemoTableConfig } from "../commands/options.ts";
import { runHero } from "./hero.ts";
import { describeRun } from "./train.ts";

/** Share of the content of validation concepts, as the guide sees it, that is to be left. */
const keepContent = 0.93;

/** The demo's run, which is not repeated once it is finished. */
async function demoRun(config: DemoConfig, signal?: AbortSignal): Promise<FinishedRun> {
  const { style, data, styleWords, model, output, seed, steps, concepts, prompts } = config;
  const lab = await openLab({ style, data, styleWords, model, signal, preset: emojiPreset });
  console.log(`Computing with ${lab.backend}`);
  const { peak } = emojiPreset.training.learningRate;
  return await train(lab, specialist(), {
    output,
    seed,
    training: { steps, learningRate: { peak } },
    strength: { keepContent },
    evaluation: { split: "test", concepts, prompts },
    signal,
  });
}

export async function runDemo(config: DemoConfig, signal?: AbortSignal): Promise<void> {
  console.log(describeRun(await demoRun(config, signal)));
}

// The demo's scores for every shipped style, and their page in `results/demo/`.

const command = "deno task demo-table";

/**
 * Runs the demo for each style that has not been run, and writes records, image grids, a page with the
 * table and, if it is of all shipped styles, the README's image.
 */
export async function runDemoTable(
  { styles, output: folder, ...settings }: DemoTableConfig,
  signal?: AbortSignal,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const records: { style: string; record: RunRecord }[] = [];
  for (const style of styles) {
    const config = demoSchema.parse({ ...settings, style });
    const { record, folder: run } = await demoRun(config, signal);
    records.push({ style, record });
    await writeAtomically(join(folder, `${style}.json`), JSON.stringify(record, null, 2));
    await Deno.copyFile(join(run, "grid.png"), join(folder, `${style}.png`));
  }
  if (shippedStyles.every((style) => styles.includes(style))) {
    await runHero(join(folder, "hero.webp"), folder);
  }
  await writeAtomically(join(folder, "README.md"), pageOf(records, settings));
  console.log(tableOf(records));
}

function pageOf(
  records: { style: string; record: RunRecord }[],
  settings: Pick<DemoTableConfig, "model" | "steps">,
): string {
  const styles = records.map(({ style }) => `- [${style}](${style}.png), [record](${style}.json)`);
  return `# The demo's scores

![Shots, before, after and true drawings of each style](hero.webp)

${heroCaption} The image is drawn from the records by \`deno task hero\`.
Licences of the designers' drawings: [data/LICENSES.md](../../data/LICENSES.md).

24 concepts of each style, before, after and as the designer drew them, and the run's record:

${styles.join("\n")}

${gapTable(records)}

The gap is that between the base model's likeness and that of the designer's drawings as the autoencoder gives
them back, which is the most that a model can reach. Content is less that of the designer's own drawings.

${tableOf(records)}

${provenanceOf(records, settings)}
`;
}

const heroCaption =
  "For each style: its eight shots, and four concepts that were not among them, as the base model " +
  "draws them, as the adapted model draws them from the same noise, and as the designer drew them. " +
  "The 24 concepts of the grids are ranked by mean gain in likeness; these are the first of each " +
  "quarter.";

/** How much of what was missing has been learned, and what it cost. */
function gapTable(records: { style: string; record: RunRecord }[]): string {
  const rows = records.flatMap(({ style, record }) => {
    const { before, after, drawings, ceiling } = resultOf(record);
    const [from, to] = [before, after].map(({ concepts }) =>
      concepts.truth && mean(concepts.truth)
    );
    const [own, content] = [drawings, after].map((scores) =>
      scores?.concepts.content && mean(scores.concepts.content)
    );
    const known = [from, to, ceiling, own, content];
    if (!known.every((value) => value !== undefined)) return [];
    return [{ style, from: from!, to: to!, ceiling: ceiling!, content: content! - own! }];
  });
  return renderTable(rows, [
    { title: "style", value: ({ style }) => style },
    { title: "likeness before", value: ({ from }) => from.toFixed(3), align: "right" },
    { title: "after", value: ({ to }) => to.toFixed(3), align: "right" },
    { title: "ceiling", value: ({ ceiling }) => ceiling.toFixed(3), align: "right" },
    {
      title: "gap closed",
      value: ({ from, to, ceiling }) => percent((to - from) / (ceiling - from)),
      align: "right",
    },
    { title: "content", value: ({ content }) => content.toFixed(2), align: "right" },
  ], "markdown");
}

type Row = ScoreComparison & { style: string };

function tableOf(records: { style: string; record: RunRecord }[]): string {
  const rows = records.flatMap(({ style, record }) =>
    resultOf(record).scores.map((score): Row => ({ ...score, style }))
  );
  return renderTable(rows, [
    { title: "style", value: ({ style }) => style },
    { title: "score", value: ({ title, better }) => `${title}, ${better} is better` },
    { title: "before", value: ({ before }) => before.toFixed(3), align: "right" },
    { title: "after", value: ({ after }) => after.toFixed(3), align: "right" },
    {
      title: "after / before",
      value: ({ before, after }) => before === 0 ? "" : percent(after / before),
      align: "right",
    },
    {
      title: "95 % interval of the change",
      value: ({ interval: { low, high } }) => `${low.toFixed(3)} to ${high.toFixed(3)}`,
      align: "right",
    },
  ], "markdown");
}

function provenanceOf(
  records: { style: string; record: RunRecord }[],
  { model, steps }: Pick<DemoTableConfig, "model" | "steps">,
): string {
  const { record } = records[0];
  const { subjects, seconds, memory } = costOf(records.map(({ record }) => record));
  const { backend, commit } = record.attempts.at(-1)!;
  const versions = Object.entries(record.versions).map(([name, version]) => `${name} ${version}`);
  const strengths = records
    .map(({ style, record }) => `${style} ${resultOf(record).strengths.at(-1)!.strength}`)
    .join(", ");
  return `Base model ${model}; ${steps} steps and ${subjects} held-out concepts for each style, the same noise before and ` +
    `after; seed ${record.seed}. ` +
    `Strength of the adapted weights, as \`keepContent\` chose it: ${strengths}. ` +
    `Command: \`${command}\`. Each style took ${seconds} and at most ${memory} of memory. ` +
    `Computed with ${backend}; ${versions.join(", ")}; commit ${
      commit?.slice(0, 12) ?? "unknown"
    }.`;
}

function costOf(records: RunRecord[]) {
  const results = records.map(resultOf);
  const minutes = results.map(({ phases }) =>
    phases.reduce((sum, { seconds }) => sum + seconds, 0) / 60
  );
  return {
    subjects: results[0].subjects,
    seconds: `${Math.min(...minutes).toFixed(1)} to ${Math.max(...minutes).toFixed(1)} minutes`,
    memory: formatBytes(Math.max(...results.map(({ peakMemoryBytes }) => peakMemoryBytes))),
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
