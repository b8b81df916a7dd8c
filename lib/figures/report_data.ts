import type { Image } from "../data/mod.ts";
import type { Figure } from "./theme.ts";

/** The contents of a report; text must not be escaped. */
export interface ReportData {
  title: string;
  /** The main result in one sentence. */
  headline: string;
  run: { id: string; finishedAt: Date };
  /** A few key numbers. */
  highlights: Highlight[];
  shots: Drawing[];
  /** Held-out concepts. */
  comparisons: Comparison[];
  /** By step. */
  duringTraining?: StepDrawings[];
  curves: Curve[];
  scores: Score[];
  /** The validated configuration, as JSON data. */
  config: unknown;
  /** Seed, versions, backend, commit, command, … in the order to show. */
  provenance: Record<string, string>;
  cost: Cost;
}

export interface Highlight {
  label: string;
  value: string;
  note?: string;
}

export interface Drawing {
  image: Image;
  caption: string;
}

/** What the model drew at a step. */
export interface StepDrawings {
  step: number;
  drawings: Drawing[];
}

/** One concept, drawn by the model before and after fine-tuning, and by the style's designer. */
export interface Comparison {
  concept: string;
  caption: string;
  before: Image;
  after: Image;
  /** Absent where the true drawing is unknown. */
  truth?: Image;
  scores?: Score[];
}

export interface Curve {
  title: string;
  /** What the curves show, for readers who cannot see them too. */
  description: string;
  figure: Figure;
}

export interface Score {
  metric: string;
  description?: string;
  /** Left out where scores are measured from the base model itself, so that none can be better. */
  better?: "higher" | "lower";
  before: number;
  after: number;
  /** What the style's own images score, where that is known. */
  own?: number;
  /** Ends of the 95 % interval of `after - before`. */
  interval?: { low: number; high: number };
}

export interface Cost {
  phases: { name: string; seconds: number }[];
  peakMemoryBytes?: number;
}
