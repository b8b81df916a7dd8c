/** Stage 0 in the report: whether plain fine-tuning overfits, and in which regime the next stage runs. */
import { mean } from "simple-statistics";
import { type Curve, learningFigure, linkedFigure } from "specialist/figures";
import { type Column, renderTable } from "specialist/internal/runtime/mod.ts";
import { numberText } from "../tables/statistics.ts";
import { labelSeparator, type Summary, type SummaryRun } from "../tables/mod.ts";
import { blocksOf, drawingsOf, trainedLabels } from "./contrasts.ts";
import type { Regime } from "./setting.ts";

export const methodNames = { full: "full method", none: "none of the parts" } as const;
type MethodName = keyof typeof methodNames;

/** What a method comes to in one regime after some steps: means over blocks. */
type Reading = {
  blocks: number;
  heldOut: number;
  /** Held-out fixed-noise loss by its minimum up to here, less one. */
  rise: number;
  /** Mean likeness to the nearest shot, less that of the designer's own drawings. */
  nearest: number;
  likeness: number;
  /** Less that of the designer's own drawings. */
  content: number;
};

/** A regime with both methods. */
export type GateRow = Regime & Partial<Record<MethodName, Reading>>;

/** By shots, rate and steps, as the sweep has them. */
export function readGate(summary: Summary): GateRow[] {
  const blocks = blocksOf(summary);
  const rows = new Map<string, GateRow>();
  for (const label of trainedLabels(summary)) {
    const [name, , peak] = label.split(labelSeparator);
    const method = (Object.keys(methodNames) as MethodName[])
      .find((key) => methodNames[key] === name);
    const points = blocks.flatMap(({ runs }) => runs.get(label) ?? [])
      .flatMap((run) => curvePoints(run, summary));
    if (!method) continue;
    for (const [steps, own] of Map.groupBy(points, ({ step }) => step)) {
      const { shots } = own[0];
      const key = `${shots} ${peak} ${steps}`;
      const row = rows.get(key) ?? { shots, steps, peak: Number(peak) };
      const meanOf = (name: Exclude<keyof Reading, "blocks">) =>
        mean(own.map(({ [name]: value }) => value));
      row[method] = {
        blocks: own.length,
        heldOut: meanOf("heldOut"),
        rise: meanOf("rise"),
        nearest: meanOf("nearest"),
        likeness: meanOf("likeness"),
        content: meanOf("content"),
      };
      rows.set(key, row);
    }
  }
  return [...rows.values()]
    .sort((a, b) => a.shots - b.shots || a.peak - b.peak || a.steps - b.steps);
}

type Point = Omit<Reading, "blocks"> & { step: number; shots: number };

/** The points of a run's curves, of validation concepts that the drawings' row has too. */
export function curvePoints(run: SummaryRun, summary: Summary): Point[] {
  const { curves, shots } = run;
  const drawings = drawingsOf(summary, run);
  if (!curves?.heldOut || !curves.nearestShot || !drawings) return [];
  const drawn = (score: "nearestShot" | "content") => {
    const values = summary.driftConcepts.map((concept) =>
      drawings.concepts[score]?.[summary.concepts.indexOf(concept)] ?? NaN
    );
    return mean(values);
  };
  const at = (points: readonly { step: number; value: number }[], step: number) =>
    points.find((point) => point.step === step)?.value ?? NaN;
  const own = { nearest: drawn("nearestShot"), content: drawn("content") };
  return curves.heldOut.map(({ step, value: heldOut }) => {
    const earlier = curves.heldOut!.filter((point) => point.step <= step);
    return {
      step,
      shots,
      heldOut,
      rise: heldOut / Math.min(...earlier.map(({ value }) => value)) - 1,
      nearest: at(curves.nearestShot!, step) - own.nearest,
      likeness: at(curves.truth, step),
      content: at(curves.clipScore, step) - own.content,
    };
  });
}

// The gate.

const minRise = 0.1;

/** Where Stage 1 runs if no gate opens. */
export const fallback: Regime = { shots: 2, steps: 1000, peak: 4e-4 };

/** Whether plain fine-tuning both overfits and copies its shots in this regime. */
export function isOpen({ steps, none }: GateRow): boolean {
  return steps > 0 && none !== undefined && none.rise >= minRise && none.nearest > 0;
}

/** Two shots first: with one there is no style to learn, and with eight there may be little to repair. */
const preferredShots = [2, 8, 1];
const preferredSteps = 1000;

const gateRule =
  "the one with 2 shots, else with 8, else with 1; then the fewest steps, but if it can be " +
  "at least 1,000; then the lower rate";

/** The open regime that Stage 1 runs in. */
export function decideGate(rows: readonly GateRow[]): GateRow | undefined {
  const rank = ({ shots }: GateRow) => preferredShots.indexOf(shots);
  const isShort = ({ steps }: GateRow) => Number(steps < preferredSteps);
  const [first] = rows.filter(isOpen).toSorted((a, b) =>
    rank(a) - rank(b) || isShort(a) - isShort(b) || a.steps - b.steps || a.peak - b.peak
  );
  return first;
}

const count = (n: number, word: string) => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;

/** "8 shots, 1,000 steps at a rate of 0.0004". */
export const regimeText = ({ shots, steps, peak }: Regime) =>
  `${count(shots, "shot")}, ${count(steps, "step")} at a rate of ${peak}`;

const percent = (share: number) => `${(100 * share).toFixed(1)} %`.replace("-", "−");

/** The decision in words, with its numbers, and whether the next stage's file says the same. */
export function gateSentence(rows: readonly GateRow[], current: Regime): string {
  const chosen = decideGate(rows);
  const measured = rows.filter(({ steps }) => steps > 0);
  const regime = chosen ?? fallback;
  const file = sameRegime(regime, current)
    ? "`parts.ts` runs in this regime."
    : `**\`parts.ts\` is set to another regime**: ${regimeText(current)}.`;
  if (!chosen) {
    const most = Math.max(...measured.map(({ none }) => none?.rise ?? 0));
    return `The gate opens in none of ${measured.length} regimes: there is none in which, without the ` +
      `parts, held-out loss is at least 10 % above its minimum (the most is ${percent(most)}) ` +
      `and images are nearer to the shots than the designers' own drawings are. Stage 1 then runs ` +
      `with ${regimeText(regime)}, where there is nothing to repair. ${file}`;
  }
  const { none } = chosen;
  const { signed } = numberText([none!.nearest]);
  return `The gate opens in ${
    measured.filter(isOpen).length
  } of ${measured.length} regimes. Of these, ` +
    `Stage 1 runs in ${gateRule}: ` +
    `${regimeText(regime)}. There, without the parts, held-out loss is ${
      percent(none!.rise)
    } above ` +
    `its minimum and likeness to the nearest shot is ${signed(none!.nearest)} compared with the ` +
    `designers' own drawings (means of ${none!.blocks} blocks). ${file}`;
}

export function sameRegime(a: Regime, b: Regime): boolean {
  return a.shots === b.shots && a.steps === b.steps && a.peak === b.peak;
}

// Table and figure.

export const gateNote =
  "Means over blocks, on validation concepts. *Rise*: held-out fixed-noise loss above its minimum " +
  "up to that step. *Nearest shot*: mean likeness of images to their nearest shot, less that of the " +
  "designers' own drawings. *Content* is less that of the designers' own drawings.";

export function gateTable(rows: readonly GateRow[]): string {
  const right = (title: string, value: (row: GateRow) => string): Column<GateRow> => ({
    title,
    value,
    align: "right",
  });
  const pair = (title: string, text: (reading: Reading) => string) =>
    (["none", "full"] as const).map((method) =>
      right(`${title}, ${method === "none" ? "no parts" : "all parts"}`, (row) => {
        const reading = row[method];
        return reading && Number.isFinite(reading.likeness) ? text(reading) : "–";
      })
    );
  const sign = (value: number, decimals: number) =>
    `${value > 0 ? "+" : ""}${value.toFixed(decimals)}`.replace("-", "−");
  return renderTable(rows.filter(({ steps }) => steps > 0), [
    right("shots", ({ shots }) => `${shots}`),
    right("rate", ({ peak }) => `${peak}`),
    right("steps", ({ steps }) => `${steps}`),
    ...pair("rise", ({ rise }) => percent(rise)),
    ...pair("nearest shot", ({ nearest }) => sign(nearest, 3)),
    ...pair("likeness", ({ likeness }) => likeness.toFixed(3)),
    ...pair("content", ({ content }) => sign(content, 1)),
    { title: "gate", value: (row) => isOpen(row) ? "open" : "" },
  ], "markdown");
}

/** Held-out loss on the left and likeness on the right, shots by shots. */
export function gateFigure(rows: readonly GateRow[]): Curve {
  const quantities = [
    { name: "heldOut", title: "held-out loss" },
    { name: "likeness", title: "likeness" },
  ] as const;
  const panels = Map.groupBy(rows, ({ shots }) => shots).entries().toArray()
    .flatMap(([shots, own]) =>
      quantities.map(({ name, title }) => ({
        title: `${title}, ${count(shots, "shot")}`,
        figure: learningFigure("optimizer step", title, seriesOf(own, name)),
      }))
    );
  return {
    title: "Stage 0: held-out loss and likeness over steps",
    description: "Of validation concepts, means over blocks. Where held-out loss rises again, a " +
      "method learns its shots by heart.",
    figure: linkedFigure(panels),
  };
}

function seriesOf(rows: readonly GateRow[], name: "heldOut" | "likeness") {
  const rates = [...new Set(rows.map(({ peak }) => peak))];
  return (["none", "full"] as const).flatMap((method) =>
    rates.map((peak) => ({
      name: `${methodNames[method]} · ${peak}`,
      points: rows.filter((row) => row.peak === peak).flatMap(({ steps, [method]: reading }) =>
        reading && Number.isFinite(reading[name]) ? [{ x: steps, y: reading[name] }] : []
      ),
    }))
  );
}
