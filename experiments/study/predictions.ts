/** The predictions of PREDICTIONS.md next to what was measured, by rules that were fixed before. */
import { judgeContrasts, type JudgedContrast, type Verdict } from "specialist/evaluation";
import { numberText } from "../tables/statistics.ts";
import type { ContrastRow } from "./contrast_table.ts";

export type Outcome = "confirmed" | "refuted" | "not decided" | "not run yet";

// The rules. Each takes contrasts that have been judged.

type Found = Pick<JudgedContrast, "verdict">;
type Measured = { estimate: Pick<JudgedContrast["estimate"], "low" | "high"> };

/** Confirmed where the whole 95 % interval is at or above the threshold, refuted where it is below. */
export function gainsAtLeast({ estimate: { low, high } }: Measured, threshold: number): Outcome {
  return low >= threshold ? "confirmed" : high < threshold ? "refuted" : "not decided";
}

/** Confirmed where better; refuted where worse, or too little to matter. */
export function improves({ verdict }: Found): Outcome {
  return verdict === "better" ? "confirmed" : verdict === "undecided" ? "not decided" : "refuted";
}

/** Confirmed where the change is too small to matter or for the worse; refuted where better. */
export function gainsNothing({ verdict }: Found): Outcome {
  return verdict === "better" ? "refuted" : verdict === "undecided" ? "not decided" : "confirmed";
}

/** Confirmed where equivalent; refuted where better or worse. */
export function isEquivalent({ verdict }: Found): Outcome {
  const outcomes: Record<Verdict, Outcome> = {
    equivalent: "confirmed",
    better: "refuted",
    worse: "refuted",
    undecided: "not decided",
  };
  return outcomes[verdict];
}

/** Of a claim about each of several: confirmed where all are, refuted where one is. */
export function all(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.length === 0) return "not decided";
  return outcomes.find((outcome) => outcome === "refuted") ??
    outcomes.find((outcome) => outcome !== "confirmed") ?? "confirmed";
}

/** Of a claim about some of several: confirmed where one is, refuted where all are. */
export function some(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.length === 0) return "not decided";
  return outcomes.find((outcome) => outcome === "confirmed") ??
    outcomes.find((outcome) => outcome !== "refuted") ?? "refuted";
}

/** Contrasts that one prediction needs together: their p values are corrected for one another (Holm). */
function together(rows: readonly ContrastRow[]): ContrastRow[] {
  return judgeContrasts(rows.map((row) => ({ ...row, registered: true })));
}

// The predictions.

export type Evidence = {
  /** Stage 1: contrasts of each part, and the regime they were measured in. */
  parts?: { rows: readonly ContrastRow[]; setting?: { shots: number; steps: number } };
  contentDose?: {
    /** Named by their doses, against none. */
    rows: readonly (ContrastRow & { amount?: number })[];
    /** Content without the loss, less the drawings', by style. */
    levels: ReadonlyMap<string, number>;
    /** Doses of 10 % and more together, in the styles that are not below the drawings. */
    aboveDrawings?: ContrastRow;
  };
  /** Named by their probabilities, against none, with 8 shots and 200 steps. */
  earlyTransforms?: { rows: readonly ContrastRow[] };
  /** Named by their grids, against all timesteps. */
  gridDose?: { rows: readonly (ContrastRow & { amount?: number })[] };
};

export type Prediction = {
  id: string;
  text: string;
  /** Estimates with intervals, or why there are none. */
  measured: string;
  /** Where that is on the page. */
  source: string;
  outcome: Outcome;
};

/** A prediction that a stage tells about. */
type Told = Pick<Prediction, "measured" | "outcome">;

const stageNames = {
  parts: "Stage 1",
  contentDose: "Dose of the content loss",
  earlyTransforms: "Dose of transforms, 8 shots and 200 steps",
  gridDose: "Dose of sparse timesteps",
} as const;

/** Every clause of P1 to P4, in their order. */
export function predictionsOf(evidence: Evidence): Prediction[] {
  const clause = <Stage extends keyof Evidence>(
    id: string,
    text: string,
    stage: Stage,
    told: (found: NonNullable<Evidence[Stage]>) => Told,
  ): Prediction => {
    const found = evidence[stage];
    return {
      id,
      text,
      source: stageNames[stage],
      ...(found ? told(found) : { measured: "–", outcome: "not run yet" as const }),
    };
  };
  return [
    clause(
      "P1",
      "Transforms shrink the overfitting gap.",
      "parts",
      ({ rows }) => toldBy(find(rows, "transforms", "overfitting gap"), improves),
    ),
    clause(
      "P1",
      "At 1 or 2 shots and at least 1,000 steps, transforms gain at least 0.03 likeness.",
      "parts",
      ({ rows, setting }) =>
        setting && setting.shots <= 2 && setting.steps >= 1000
          ? toldBy(find(rows, "transforms", "likeness"), (row) => gainsAtLeast(row, 0.03))
          : elsewhere(setting),
    ),
    clause(
      "P1",
      "At 8 shots and 200 steps, transforms gain no likeness.",
      "earlyTransforms",
      ({ rows }) =>
        toldByAll(
          rows.filter(({ score }) => score === "likeness"),
          (outcomes) => all(outcomes),
          gainsNothing,
        ),
    ),
    clause(
      "P2",
      "Captions gain at least 1 content point on paraphrases.",
      "parts",
      ({ rows }) =>
        toldBy(
          find(rows, "captions", "content, paraphrases"),
          (row) => gainsAtLeast(row, 1),
        ),
    ),
    clause(
      "P2",
      "Captions gain no content on canonical prompts.",
      "parts",
      ({ rows }) => toldBy(find(rows, "captions", "content"), gainsNothing),
    ),
    clause(
      "P3",
      "The content loss gains content with a gradient share of 10 % or more.",
      "contentDose",
      ({ rows }) =>
        toldByAll(
          rows.filter(({ score, amount = 0 }) => score === "content" && amount >= 10),
          (outcomes) => some(outcomes),
          improves,
        ),
    ),
    clause(
      "P3",
      "With a smaller share, the content loss gains no content.",
      "contentDose",
      ({ rows }) =>
        toldByAll(
          rows.filter(({ score, amount = 0 }) => score === "content" && amount < 10),
          (outcomes) => all(outcomes),
          gainsNothing,
        ),
    ),
    clause(
      "P3",
      "Where content is not below that of the designers' own drawings, the content loss gains none.",
      "contentDose",
      ({ levels, aboveDrawings }) => {
        const { signed } = numberText([...levels.values()]);
        const shown = [...levels].map(([style, level]) => `${style} ${signed(level)}`).join(", ");
        if (levels.size > 0 && [...levels.values()].every((level) => level < 0)) {
          const measured = `content is below the drawings' in every style (${shown})`;
          return { measured, outcome: "not decided" };
        }
        if (!aboveDrawings) {
          return { measured: `too few blocks for a test (${shown})`, outcome: "not decided" };
        }
        return toldBy(aboveDrawings, gainsNothing);
      },
    ),
    clause(
      "P4",
      "For grids of 25 timesteps and more, sparse and dense are equivalent in likeness and content.",
      "gridDose",
      ({ rows }) =>
        toldByAll(
          rows.filter(({ score, amount = 0 }) =>
            ["likeness", "content"].includes(score) && amount >= 25
          ),
          (outcomes) => all(outcomes),
          isEquivalent,
        ),
    ),
  ];
}

/** @param score how its name begins, where it goes on in brackets or after a comma */
function find(rows: readonly ContrastRow[], name: string, score: string): ContrastRow | undefined {
  const own = rows.filter((row) => row.name === name);
  return own.find((row) => row.score === score) ??
    own.find((row) => row.score.startsWith(score));
}

const noContrast: Told = { measured: "too few complete blocks", outcome: "not decided" };

function elsewhere(setting: { shots: number; steps: number } | undefined): Told {
  const where = setting ? `${setting.shots} shots and ${setting.steps} steps` : "another regime";
  return { measured: `not measured there: Stage 1 has ${where}`, outcome: "not decided" };
}

function toldBy(row: ContrastRow | undefined, rule: (row: ContrastRow) => Outcome): Told {
  return row ? { measured: measuredText(row), outcome: rule(row) } : noContrast;
}

function toldByAll(
  rows: readonly ContrastRow[],
  combine: (outcomes: Outcome[]) => Outcome,
  rule: (row: ContrastRow) => Outcome,
): Told {
  if (rows.length === 0) return noContrast;
  const judged = together(rows);
  return {
    measured: judged.map(measuredText).join("; "),
    outcome: combine(judged.map(rule)),
  };
}

function measuredText({ name, score, estimate, margin = 0, verdict }: ContrastRow): string {
  const { value, low, high } = estimate;
  const text = numberText([low, high, margin]);
  return `${name}, ${score}: ${text.signed(value)} (${
    text.signedInterval({ low, high })
  }), ${verdict}`;
}
