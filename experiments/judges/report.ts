/** The validity report: what the judges tell apart, as record, table and figures. */
import { join } from "node:path";
import { markdownTable } from "markdown-table";
import { mean } from "simple-statistics";
import { type Figure, figureSvg, learningFigure, scoreBarsFigure } from "specialist/figures";
import { writeAtomically } from "specialist/internal/runtime/mod.ts";
import type { Validity } from "./validity.ts";

/** What was measured of one instrument. */
export type InstrumentRecord = {
  name: string;
  sets: { set: string; role: "base" | "style"; validity: Validity }[];
};

/** Caption top-1 on validation drawings of the target designers, while the content judge learns. */
export type CurvePoint = { step: number; captionTop1: number };

export type JudgesReport = {
  split: string;
  instruments: InstrumentRecord[];
  curve: CurvePoint[];
  backend: string;
  commit?: string;
  parts: Record<string, { steps: number; loss: number; seconds: number }>;
};

const columns: Record<keyof Validity, { title: string; goal?: number; file: string }> = {
  captionTop1: { title: "caption top-1", goal: 0.6, file: "caption-top-1" },
  captionTop5: { title: "caption top-5", file: "caption-top-5" },
  styleNeighbour: { title: "style 1-NN", goal: 0.95, file: "style-neighbour" },
  conceptNeighbour: { title: "concept 1-NN", file: "concept-neighbour" },
  triples: { title: "triples", goal: 0.97, file: "triples" },
};

const keys = Object.keys(columns) as (keyof Validity)[];

/** Writes `validity.json`, `README.md` and a figure of each quantity. */
export async function writeReport(folder: string, report: JudgesReport): Promise<void> {
  await writeAtomically(join(folder, "validity.json"), JSON.stringify(report, null, 2));
  await writeAtomically(join(folder, "README.md"), reportText(report));
  for (const key of keys) {
    await writeAtomically(
      join(folder, `${columns[key].file}.svg`),
      await figureSvg(barsOf(report, key)),
    );
  }
  if (report.curve.length > 0) {
    await writeAtomically(
      join(folder, "learning-curve.svg"),
      await figureSvg(learningFigure("training step", "caption top-1, validation concepts", [{
        name: "target designers",
        points: report.curve.map(({ step, captionTop1 }) => ({ x: step, y: captionTop1 })),
      }])),
    );
  }
}

function barsOf({ instruments }: JudgesReport, key: keyof Validity): Figure {
  return scoreBarsFigure(
    `${columns[key].title}, target designers (share right, higher is better)`,
    instruments.flatMap(({ name, sets }) =>
      sets.filter(({ role }) => role === "style").map(({ set, validity }) => ({
        name: `${set}, ${name}`,
        value: validity[key],
      }))
    ),
  );
}

export function reportText(report: JudgesReport): string {
  const { split, instruments, curve, parts, backend } = report;
  return `# How valid the judges are

Written by \`deno task judges\`. Drawings of the ${split} concepts, asked about by designer; shares of right
answers. The target designers' drawings of these concepts were held out of the judges' training. The
base designers' were not.

- **caption top-1, top-5**: the drawing's caption is nearest, or among the five nearest, of the ${split}
  concepts' captions. Goal: ${columns.captionTop1.goal} for each target designer.
- **style 1-NN**: the nearest drawing of another concept, among ten designers, is by the same designer.
  Goal: ${columns.styleNeighbour.goal}.
- **concept 1-NN**: the nearest drawing by another designer shows the same concept.
- **triples**: asked for a caption in the style of a designer's eight shots (cosine with the caption plus
  cosine with the shots' mean), the designer's own drawing beats a wrong-style drawing of the right
  concept and a right-style drawing of a wrong concept. Goal: ${columns.triples.goal}.

${goalsText(instruments[0])}
${limitText(report)}
${instruments.map(instrumentTable).join("\n\n")}

${keys.map((key) => `![${columns[key].title}](${columns[key].file}.svg)`).join("\n")}
${curve.length > 0 ? "\n![Caption top-1 while the content judge learns](learning-curve.svg)\n" : ""}
Trained ${
    Object.entries(parts).map(([name, { steps, loss, seconds }]) =>
      `${name}: ${steps} steps, loss ${loss.toFixed(3)}, ${(seconds / 60).toFixed(0)} minutes`
    ).join("; ")
  }. Computed with ${backend}.
`;
}

/** Which goals the judges reach, for each target designer. */
function goalsText({ sets }: InstrumentRecord): string {
  const targets = sets.filter(({ role }) => role === "style");
  return keys.flatMap((key) => {
    const { title, goal } = columns[key];
    if (goal === undefined) return [];
    const missed = targets.filter(({ validity }) => validity[key] < goal)
      .map(({ set, validity }) => `${set} (${validity[key].toFixed(3)})`);
    return `${title}: ${
      missed.length === 0 ? "reached for each target designer" : `missed for ${missed.join(", ")}`
    }.`;
  }).join("\n");
}

/** Where a goal is missed: what a longer training could still add, and what only more drawings could. */
function limitText({ instruments: [{ sets }], curve }: JudgesReport): string {
  const { goal = 0 } = columns.captionTop1;
  const [base, targets] = (["base", "style"] as const).map((wanted) =>
    sets.flatMap(({ role, validity }) => role === wanted ? [validity.captionTop1] : [])
  );
  if (targets.every((share) => share >= goal) || base.length === 0 || curve.length < 3) return "";
  const last = curve.at(-1)!.captionTop1;
  const gained = last - curve[Math.floor((2 * curve.length) / 3) - 1].captionTop1;
  return `
What limits caption top-1 is how much there is to learn from: of the base designers' drawings of the same
concepts, which are in the training, ${
    mean(base).toFixed(3)
  } find their caption, of the target designers',
which are not, ${mean(targets).toFixed(3)}. The last third of the training adds ${
    gained.toFixed(3)
  } on validation concepts
(last figure).
`;
}

function instrumentTable({ name, sets }: InstrumentRecord): string {
  const row = (title: string, chosen: InstrumentRecord["sets"]) => [
    title,
    ...keys.map((key) => mean(chosen.map(({ validity }) => validity[key])).toFixed(3)),
  ];
  const targets = sets.filter(({ role }) => role === "style");
  return `## ${name}

${
    markdownTable([
      ["designer", ...keys.map((key) => columns[key].title)],
      ...sets.toSorted((a, b) => Number(a.role === "base") - Number(b.role === "base"))
        .map((set) => row(set.role === "style" ? `**${set.set}**` : set.set, [set])),
      row("mean of the target designers", targets),
    ], { align: ["l", ...keys.map(() => "r")] })
  }`;
}
