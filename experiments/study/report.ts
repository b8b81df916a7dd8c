/** The report as Markdown: predictions first, then stage by stage. */
import type { Curve } from "specialist/figures";
import { renderTable } from "specialist/internal/runtime/mod.ts";
import { contrastNote, type ContrastRow } from "./contrast_table.ts";
import { gridNote } from "./grids.ts";
import type { Prediction } from "./predictions.ts";

/** A stage's part of the report. */
export type StageReport = {
  name: string;
  title: string;
  /** Of the runs that are planned and those that are finished; unknown where there is no sweep file yet. */
  planned?: number;
  finished: number;
  /** Runs with a step that was not finite. */
  failed: string[];
  /** In Markdown, after the figures; none where the stage was not run. */
  body: string[];
  figures: { file: string; curve: Curve }[];
  contrasts: ContrastRow[];
};

const intro =
  "Specialist Diffusion adds four parts to plain fine-tuning: image transforms, varied captions, a " +
  "content loss and sparse timesteps. Which of them helps, when, and by how much? " +
  "[PREDICTIONS.md](../../experiments/study/PREDICTIONS.md) has the protocol and the predictions, " +
  "committed before the first run on test concepts.";

const writtenBy =
  "Written by `deno task specialist study` from the stages' summaries. `contrasts.csv` has every " +
  "contrast with all digits.";

const outcomeNote =
  "Outcomes follow rules that were written before the runs. *At least*: confirmed if the whole 95 % " +
  "interval is at or above the value, refuted if it is below. *Shrinks* or *gains*: confirmed if the " +
  "verdict is better, refuted if it is worse or equivalent. *Nothing*: confirmed if equivalent or " +
  "worse, refuted if better. Otherwise not decided. Where a prediction needs several contrasts, their " +
  "p values are corrected for one another.";

export type Page = {
  predictions: readonly Prediction[];
  stages: readonly StageReport[];
  /** Those whose files are there. */
  grids: readonly { title: string; file: string }[];
  /** Other pages of the folder. */
  links: readonly { title: string; file: string }[];
  /** What another command wrote into the page. */
  tables?: string;
};

export function studyPage({ predictions, stages, grids, links, tables }: Page): string {
  const images = grids.flatMap(({ title, file }) => [`### ${title}`, `![${title}](${file})`]);
  return [
    "# The study",
    intro,
    writtenBy,
    ...images.length > 0 ? ["## Images", ...images, gridNote] : [],
    "## Predictions and outcomes",
    predictionTable(predictions),
    outcomeNote,
    "## Stages",
    stageTable(stages),
    ...stages.filter(({ body }) => body.length > 0).flatMap(stageSection),
    "## How to read this",
    contrastNote,
    ...links.length > 0
      ? ["## More", links.map(({ title, file }) => `- [${title}](${file})`).join("\n")]
      : [],
    ...tables === undefined ? [] : [
      "## All scores",
      "What follows compares rows concept by concept. Its intervals hold for other concepts, not for " +
      "other shots or seeds, and so decide nothing above.",
      tables,
    ],
  ].join("\n\n") + "\n";
}

function stageSection({ title, planned, finished, failed, body, figures }: StageReport): string[] {
  const partial = planned !== undefined && finished < planned
    ? [`**${finished} of ${planned} runs are finished.** What follows is of these.`]
    : [];
  const left = failed.length === 0 ? [] : [
    `Left out with their blocks, because steps were not finite: ${failed.join(", ")}.`,
  ];
  return [
    `## ${title}`,
    ...partial,
    ...left,
    ...figures.flatMap(({ file, curve: { title, description } }) => [
      `![${title}](${file})`,
      description,
    ]),
    ...body,
  ];
}

function predictionTable(predictions: readonly Prediction[]): string {
  return renderTable([...predictions], [
    { title: "", value: ({ id }) => id },
    { title: "prediction", value: ({ text }) => text },
    { title: "measured (95 % interval)", value: ({ measured }) => measured },
    { title: "in", value: ({ source }) => source },
    { title: "outcome", value: ({ outcome }) => `**${outcome}**` },
  ], "markdown");
}

function stageTable(stages: readonly StageReport[]): string {
  return renderTable([...stages], [
    { title: "stage", value: ({ title }) => title },
    {
      title: "runs",
      value: ({ finished, planned }) => `${finished} of ${planned ?? "?"}`,
      align: "right",
    },
    {
      title: "state",
      value({ name, finished, planned }) {
        const command = `\`deno task sweep experiments/study/${name}.ts\``;
        if (planned === undefined && finished === 0) {
          return "not run yet; its sweep is still to be written";
        }
        if (finished === 0) return `not run yet: ${command}`;
        return planned !== undefined && finished < planned ? `goes on with ${command}` : "done";
      },
    },
  ], "markdown");
}
