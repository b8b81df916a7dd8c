/** Each stage's part of the report, and what the predictions need of it. */
import { judgeContrasts } from "specialist/evaluation";
import { fileName } from "../tables/file_name.ts";
import type { Summary } from "../tables/mod.ts";
import {
  contrastFigures,
  type ContrastRow,
  contrastTable,
  effectsTable,
} from "./contrast_table.ts";
import {
  blocksOf,
  completeBlocks,
  contrastOf,
  contrastsOf,
  difference,
  refuseMixedBackends,
  type StudyContrast,
  trainedLabels,
} from "./contrasts.ts";
import { doseComparisons, doseFigures, dosesOf, meanDose } from "./dose_report.ts";
import { gateFigure, gateNote, gateSentence, gateTable, readGate } from "./gate_report.ts";
import { chosenTable, frontFigure, ours, shotsFigures, withAsManyShots } from "./methods_report.ts";
import {
  type Cells,
  contentByStyle,
  levelsNote,
  levelsTable,
  mainEffects,
  settingOf,
} from "./parts_report.ts";
import type { Evidence } from "./predictions.ts";
import type { StageReport } from "./report.ts";
import { content, exploratoryScores, primaryScores } from "./scores.ts";
import type { Regime } from "./setting.ts";

/** Every stage, in the order of the protocol, by the name of its sweep file. */
export const stageTitles = {
  gate: "Stage 0: is there something to repair?",
  parts: "Stage 1: what each part does",
  content_dose: "Dose of the content loss",
  transform_dose: "Dose of transforms",
  transform_dose_early: "Dose of transforms, 8 shots and 200 steps",
  grid_dose: "Dose of sparse timesteps",
  tuning: "Stage 2: settings of the methods",
  methods: "Stage 2: methods",
  few_shots: "Stage 2: few shots",
  ablation: "The paper's ablation",
} as const;

export type StageName = keyof typeof stageTitles;

/** What a stage without a summary has. */
export function emptyStage(name: StageName, planned?: number): StageReport {
  const title = stageTitles[name];
  return { name, title, planned, finished: 0, failed: [], body: [], figures: [], contrasts: [] };
}

/** What the code says about Stage 1. */
export type Design = { cells: Cells; regime: Regime };

/**
 * A stage's part of the report, and adds what predictions need to `evidence`.
 *
 * @throws UserError where its runs were computed with different backends
 */
export function reportStage(
  name: StageName,
  summary: Summary,
  { planned, design, evidence }: { planned?: number; design: Design; evidence: Evidence },
): StageReport {
  refuseMixedBackends(summary);
  const trained = new Set(trainedLabels(summary));
  const runs = summary.runs.filter(({ label }) => trained.has(label));
  const stage: StageReport = {
    ...emptyStage(name, planned),
    finished: new Set(runs.map(({ id }) => id)).size,
    failed: runs.filter(({ skippedSteps = 0 }) => skippedSteps > 0).map(({ id }) => id),
  };
  if (name === "gate") return { ...stage, ...gate(summary, design.regime) };
  if (name === "parts") return { ...stage, ...partEffects(summary, design.cells, evidence) };
  if (name === "tuning") return { ...stage, ...tuning(summary) };
  if (name === "methods" || name === "ablation") {
    return { ...stage, ...againstReference(name, summary) };
  }
  if (name === "few_shots") return { ...stage, ...fewShots(summary) };
  return { ...stage, ...dose(name, summary, evidence) };
}

type Contents = Pick<StageReport, "body" | "figures" | "contrasts">;

function gate(summary: Summary, regime: Regime): Contents {
  const rows = readGate(summary);
  if (rows.length === 0) return { body: [noEstimate], figures: [], contrasts: [] };
  return {
    body: [gateSentence(rows, regime), gateTable(rows), gateNote],
    figures: [{ file: "gate.svg", curve: gateFigure(rows) }],
    contrasts: [],
  };
}

const noEstimate = "There are not yet enough complete blocks for an estimate.";

function partEffects(summary: Summary, cells: Cells, evidence: Evidence): Contents {
  const blocks = blocksOf(summary);
  const effects = mainEffects(cells);
  const contrasts = judged([
    ...contrastsOf(blocks, effects, primaryScores, { registered: true }),
    ...contrastsOf(blocks, effects, exploratoryScores),
  ]);
  evidence.parts = { rows: contrasts, setting: settingOf(summary) };
  const registered = contrasts.filter(({ registered }) => registered);
  const complete = completeBlocks(blocks, Object.keys(cells)).length;
  return {
    body: contrasts.length === 0 ? [noEstimate, levelsTable(summary), levelsNote] : [
      `Main effects of the parts: cells with a part less cells without it, in ${complete} complete ` +
      "blocks of eight cells. The eight contrasts of likeness and content are the registered ones.",
      contrastTable(registered, "markdown"),
      "### How high each cell is",
      levelsTable(summary),
      levelsNote,
      "### Exploratory",
      "The same effects on other scores and other prompts, not corrected for their number. *Over " +
      "blocks*: a run has a single value, and the interval is Student's t over blocks, for other shots " +
      "and seeds but not for other concepts. Effects of two parts together are not shown: the half " +
      "fraction gives only sums of two of them, which cannot be told apart.",
      effectsTable(contrasts.filter(({ registered }) => !registered)),
    ],
    figures: contrastFigures(registered)
      .map((curve) => ({ file: `parts-${fileName(curve.title)}.svg`, curve })),
    contrasts,
  };
}

function dose(
  name: "content_dose" | "transform_dose" | "transform_dose_early" | "grid_dose",
  summary: Summary,
  evidence: Evidence,
): Contents {
  const blocks = blocksOf(summary);
  const found = dosesOf(summary);
  const contrasts = judged(contrastsOf(blocks, doseComparisons(found), primaryScores));
  const rows = contrasts.map((row) => ({
    ...row,
    amount: found.doses.find(({ label }) => label === row.name)?.amount,
  }));
  if (name === "content_dose") {
    const levels = contentByStyle(summary, found.reference);
    const high = found.doses.filter(({ amount = 0 }) => amount >= 10);
    const above = blocks.filter(({ style }) => (levels.get(style) ?? -1) >= 0);
    const contrast = contrastOf(
      above,
      meanDose("10 % and more, styles not below the drawings", high, found.reference),
      content,
    );
    evidence.contentDose = {
      rows,
      levels,
      aboveDrawings: contrast && judged([contrast])[0],
    };
  }
  if (name === "grid_dose") evidence.gridDose = { rows };
  if (name === "transform_dose_early") evidence.earlyTransforms = { rows };
  return compared(summary, contrasts, {
    against: found.reference,
    figures: doseFigures(summary, found, contrasts)
      .map((curve, i) => ({ file: `${name}-${primaryScores[i].name}.svg`, curve })),
  });
}

function tuning(summary: Summary): Contents {
  return {
    body: [
      "For each style, a method's rate and number of steps are those with the highest mean likeness on " +
      "validation concepts of the other two styles:",
      chosenTable(summary),
    ],
    figures: [{ file: "tuning.svg", curve: frontFigure(summary) }],
    contrasts: [],
  };
}

/** Every row against the reference. */
function againstReference(name: "methods" | "ablation", summary: Summary): Contents {
  const { reference } = summary;
  const comparisons = trainedLabels(summary).filter((label) => label !== reference)
    .map((label) => difference(label, label, reference));
  const contrasts = judged(contrastsOf(blocksOf(summary), comparisons, primaryScores));
  const figures = contrastFigures(contrasts).map((curve) => ({
    file: `${name}-${fileName(curve.title)}.svg`,
    curve: { ...curve, description: `Against ${reference}. ${curve.description}` },
  }));
  return compared(summary, contrasts, { against: reference, figures });
}

function fewShots(summary: Summary): Contents {
  const comparisons = withAsManyShots(summary);
  const contrasts = judged(contrastsOf(blocksOf(summary), comparisons, primaryScores));
  const figures = shotsFigures(summary)
    .map((curve, i) => ({ file: `few_shots-${primaryScores[i].name}.svg`, curve }));
  return compared(summary, contrasts, { against: `${ours} with as many shots`, figures });
}

function compared(
  summary: Summary,
  contrasts: ContrastRow[],
  { against, figures }: { against: string; figures: StageReport["figures"] },
): Contents {
  const table = contrasts.length === 0
    ? [noEstimate]
    : [`Against ${against}. All contrasts are exploratory.`, contrastTable(contrasts, "markdown")];
  return {
    body: [...table, "### How high each row is", levelsTable(summary), levelsNote],
    figures,
    contrasts,
  };
}

function judged(contrasts: readonly StudyContrast[]): ContrastRow[] {
  return judgeContrasts(contrasts);
}
