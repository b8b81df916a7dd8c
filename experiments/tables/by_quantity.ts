/** Scores over a quantity that a table's rows differ in: what more of it brings. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { type Curve, learningFigure, sentenceCase } from "specialist/figures";
import { rowStyles } from "./row_styles.ts";
import { headOf, type Statistics } from "./sections.ts";
import { decisiveScores, runsOf, tableScores } from "./statistics.ts";
import { labelSeparator, type Summary } from "./summary.ts";

type Config = NonNullable<Summary["rows"][number]["config"]>;

type Quantity = {
  name: string;
  scale?: "log";
  /** Undefined where the row has none. */
  of(summary: Summary, label: string, config: Config): number | undefined;
  /** The configuration without it. */
  others(config: Config): unknown;
};

const samplingSchema = z.object({ sampling: z.object({ steps: z.number() }) });
const rateSchema = z.object({
  training: z.looseObject({ learningRate: z.looseObject({ peak: z.number() }) }),
});

const quantities: Quantity[] = [
  {
    name: "shots",
    of: (summary, label) => runsOf(summary, label)[0].shots,
    others: ({ shots: _, ...others }) => others,
  },
  {
    name: "sampler steps",
    of: (_, _label, config) => samplingSchema.safeParse(config).data?.sampling.steps,
    others: ({ sampling, ...others }) => ({
      ...others,
      sampling: { ...sampling as object, steps: 0 },
    }),
  },
  {
    name: "learning rate",
    scale: "log",
    of: (_, _label, config) => rateSchema.safeParse(config).data?.training.learningRate.peak,
    others: ({ training, ...others }) => ({
      ...others,
      training: { ...training as object, learningRate: 0 },
    }),
  },
];

/** A figure for each quantity and score; none for a quantity that is the same in all rows. */
export function figuresByQuantity(summary: Summary, statistics: Statistics): Curve[] {
  return quantities.flatMap((quantity) => {
    const lines = linesOver(quantity, summary);
    if (lines.every(({ rows }) => new Set(rows.map(({ x }) => x)).size < 2)) return [];
    return decisiveScores.flatMap((score) => {
      const found = statistics.get(score);
      if (!found) return [];
      const series = lines.map(({ name, rows }) => ({
        name,
        points: rows.flatMap(({ label, x }) => {
          const y = found.find((row) => row.label === label)?.score;
          return y === undefined ? [] : [{ x, y }];
        }),
      }));
      return [{
        title: sentenceCase(`${tableScores[score].title}, by ${quantity.name}`),
        description: tableScores[score].description,
        figure: learningFigure(
          quantity.name,
          headOf(score),
          series,
          quantity.scale,
          rowStyles(summary),
        ),
      }];
    });
  });
}

type Line = { name: string; rows: { label: string; x: number }[] };

/** Rows that differ in nothing else make a line, called what their labels have in common. */
function linesOver(quantity: Quantity, summary: Summary): Line[] {
  const groups: { others: unknown; rows: Line["rows"] }[] = [];
  for (const { label, config } of summary.rows) {
    if (!config) continue;
    const x = quantity.of(summary, label, config);
    if (x === undefined) continue;
    const others = othersOf(quantity, config);
    const group = groups.find((group) => isDeepStrictEqual(group.others, others));
    if (group) group.rows.push({ label, x });
    else groups.push({ others, rows: [{ label, x }] });
  }
  return groups.map(({ rows }) => ({
    name: commonParts(rows.map(({ label }) => label)) || summary.title,
    rows: rows.toSorted((a, b) => a.x - b.x),
  }));
}

function othersOf({ others }: Quantity, { style: _, data: _d, styleWords: _w, ...config }: Config) {
  return others(config);
}

function commonParts(labels: readonly string[]): string {
  const [first, ...others] = labels.map((label) => label.split(labelSeparator));
  return first.filter((part) => others.every((parts) => parts.includes(part)))
    .join(labelSeparator);
}
