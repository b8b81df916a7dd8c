/** The measured retrieval as Markdown. */
import { markdownTable } from "markdown-table";
import type { TextAgreement } from "./nearest_captions.ts";
import type { RetrievalSetting, RetrievalSummary, ShotRetrieval } from "./precision.ts";

export type RetrievalRecord = {
  /** The preset's. */
  setting: RetrievalSetting;
  shots: ShotRetrieval[];
  /** The preset's setting first. */
  summaries: RetrievalSummary[];
  /** By the model whose text tower reads the texts. */
  agreement: { reader: string; groups: TextAgreement[] }[];
  corpus: number;
};

const percent = (share: number | undefined) =>
  share === undefined ? "–" : `${(100 * share).toFixed(0)} %`;
const limitText = ({ limit }: RetrievalSetting) => limit === undefined ? "none" : `${limit}`;

export function retrievalReport(record: RetrievalRecord): string {
  const { setting, shots, summaries: [preset, ...others], agreement, corpus } = record;
  return `# What caption retrieval gives

Written by \`deno task specialist retrieval\`: what the guide retrieves for ${shots.length} shot captions from
a corpus of ${corpus} captions. A retrieved caption is *true* if it is a caption or a paraphrase of the
same concept, and *in other words* if it is not the shot's caption with a keyword after it.

## With the preset

A caption is retrieved if its cosine exceeds ${setting.threshold}, and at most ${
    limitText(setting)
  } besides the
shot's own. Of ${preset.captions.toFixed(1)} captions per shot, ${
    percent(preset.precision)
  } are true and ${percent(preset.other)} are in other words. ${
    percent(preset.twoTrue)
  } of the shots have two or more true captions,
${percent(preset.twoOther)} two or more true ones in other words.

${
    markdownTable([
      ["shot", "retrieved, wrong ones in bold"],
      ...shots.map(({ caption, retrieved }) => [
        caption,
        retrieved.map(({ caption, isTrue }) => isTrue ? caption : `**${caption}**`).join("; ") ||
        "–",
      ]),
    ])
  }

## With other thresholds and limits

Showings are of a shot whose own caption and retrieved captions are equally likely.

${summaryTable([preset, ...others])}

## Are paraphrases understood?

Nearest caption of each text by a text tower, among the captions of all concepts of the benchmark, and
among those of its own split. The last column is the share of its words that occur in captions of the
base model. A text tower that was trained with captions which all begin with the item may know nothing
but the item: then a keyword after the caption changes little, and a keyword alone says nothing.

${agreement.map(({ reader, groups }) => `### ${reader}\n\n${agreementTable(groups)}`).join("\n\n")}
`;
}

function summaryTable(summaries: readonly RetrievalSummary[]): string {
  return markdownTable([
    [
      "threshold",
      "limit",
      "captions per shot",
      "true",
      "in other words",
      "of these true",
      "shots with 2 true",
      "shots with 2 true in other words",
      "showings, wrong",
      "showings, true in other words",
    ],
    ...summaries.map((summary) => [
      `${summary.threshold}`,
      limitText(summary),
      summary.captions.toFixed(1),
      ...[
        summary.precision,
        summary.other,
        summary.otherPrecision,
        summary.twoTrue,
        summary.twoOther,
        summary.wrongShowings,
        summary.otherShowings,
      ].map(percent),
    ]),
  ], { align: Array(10).fill("r") });
}

function agreementTable(agreement: readonly TextAgreement[]): string {
  return markdownTable([
    ["texts", "count", "nearest", "among 5", "nearest in split", "known words"],
    ...agreement.map(({ name, count, nearest, amongFive, nearestInSplit, knownWords }) => [
      name,
      `${count}`,
      ...[nearest, amongFive, nearestInSplit, knownWords].map(percent),
    ]),
  ], { align: ["l", "r", "r", "r", "r", "r"] });
}
