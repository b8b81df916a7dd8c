/**
 * Whether a part helps, from several training runs: contrasts between cells of a design, with
 * intervals that hold for other runs and other concepts, and tests of difference and equivalence.
 */
import jstat from "jstat";
import { mean, sum } from "simple-statistics";
import { type Estimate, holm } from "./statistics.ts";

// A contrast is measured in blocks. A block is a set of runs that share style, shots and seed and
// differ only in what is compared; concepts are crossed with blocks, because every run draws all.

/** One contrast in one block, such as the score with a part minus the score without it. */
export type ContrastBlock = {
  style: string;
  /** One for each concept, in the same order in every block. */
  values: readonly number[];
};

/** Standard deviations of a contrast: of blocks of one style, of concepts, and of what is left. */
export type ContrastSpread = { block: number; concept: number; rest: number };

/** The mean of a contrast over blocks and concepts, with its 95 % interval. */
export type ContrastEstimate = Estimate & {
  standardError: number;
  degreesOfFreedom: number;
  /** Two-sided, of no difference. */
  pValue: number;
  /** The true difference that a test at 0.05 finds with a probability of 80 %. */
  detectable: number;
  spread: ContrastSpread;
  blocks: number;
  concepts: number;
};

/** Of every test and, as 1 − alpha, of every interval. */
const alpha = 0.05;
const power = 0.8;

/** With a single degree of freedom between blocks, an interval may cover 87 % instead of 95 %. */
export const minBlockFreedom = 2;

/**
 * Estimates a contrast for other blocks (shots, seeds) of these styles and for other concepts. The
 * styles are fixed: nothing is said about other ones.
 *
 * The balanced linear mixed model in closed form. With B blocks in S styles, C concepts, and mean
 * squares between blocks of one style, between concepts, and of blocks × concepts within styles,
 *
 *     variance = (MS_block + MS_concept − MS_rest) / (B · C),
 *
 * which is σ²_block / B + σ²_concept / C + σ²_rest / (B · C). A component that comes out negative
 * counts as zero. Degrees of freedom after Satterthwaite (1946, "An Approximate Distribution of
 * Estimates of Variance Components"), from the mean squares that the variance is made of.
 *
 * ```ts
 * estimateContrast([
 *   { style: "noto", values: [0.02, 0.05] },
 *   { style: "noto", values: [0.01, 0.03] },
 *   { style: "noto", values: [0.03, 0.04] },
 * ]); // { value: 0.03, low, high, pValue, detectable, … }
 * ```
 *
 * @throws RangeError if blocks differ in their number of concepts, a value is not finite, there are
 * fewer than two concepts, or fewer than two more blocks than styles
 */
export function estimateContrast(blocks: readonly ContrastBlock[]): ContrastEstimate {
  const { value, squares, counts } = analyze(blocks);
  const { block, concept, rest } = squares;
  const [hasBlock, hasConcept] = [block.square > rest.square, concept.square > rest.square];
  // Each component that is not there gives way to the rest, which is subtracted if both are there.
  const terms = [
    { ...block, weight: hasBlock ? 1 : 0 },
    { ...concept, weight: hasConcept ? 1 : 0 },
    { ...rest, weight: 1 - Number(hasBlock) - Number(hasConcept) },
  ];
  const combined = sum(terms.map(({ weight, square }) => weight * square));
  const standardError = Math.sqrt(combined / (counts.blocks * counts.concepts));
  const degreesOfFreedom = combined === 0 ? block.freedom : combined ** 2 /
    sum(terms.map(({ weight, square, freedom }) => (weight * square) ** 2 / freedom));

  const component = ({ square }: MeanSquare, observations: number) =>
    Math.sqrt(Math.max(0, square - rest.square) / observations);
  const spread = {
    block: component(block, counts.concepts),
    concept: component(concept, counts.blocks),
    rest: Math.sqrt(rest.square),
  };
  return { ...studentEstimate({ value, standardError, degreesOfFreedom }), spread, ...counts };
}

/** A contrast in one block that single concepts do not have, such as one of a distance of sets. */
export type BlockValue = { style: string; value: number };

/**
 * Estimates a contrast with one value in each block: Student's t interval over blocks within styles.
 * It holds for other blocks of these styles. No concepts are resampled: `concepts` is zero.
 *
 * @throws RangeError if there are fewer than two more blocks than styles, or a value is not finite
 */
export function estimateOverBlocks(blocks: readonly BlockValue[]): ContrastEstimate {
  const styles = Map.groupBy(blocks, ({ style }) => style).values().toArray()
    .map((own) => own.map(({ value }) => value));
  const freedom = blocks.length - styles.length;
  if (freedom < minBlockFreedom) {
    throw new RangeError(`${blocks.length} blocks in ${styles.length} styles are too few`);
  }
  if (!blocks.every(({ value }) => Number.isFinite(value))) {
    throw new RangeError("a value is not finite");
  }
  const squares = sum(
    styles.map((own) => sum(own.map((value) => (value - mean(own)) ** 2))),
  );
  const block = Math.sqrt(squares / freedom);
  return {
    ...studentEstimate({
      value: mean(blocks.map(({ value }) => value)),
      standardError: block / Math.sqrt(blocks.length),
      degreesOfFreedom: freedom,
    }),
    spread: { block, concept: 0, rest: 0 },
    blocks: blocks.length,
    concepts: 0,
  };
}

/** Interval, p and detectable effect by Student's t. */
function studentEstimate(found: Uncertainty & { value: number }) {
  const { value, standardError, degreesOfFreedom } = found;
  const reach = tQuantile(1 - alpha / 2, degreesOfFreedom) * standardError;
  return {
    ...found,
    low: value - reach,
    high: value + reach,
    pValue: Math.min(1, 2 * tail(Math.abs(value), standardError, degreesOfFreedom)),
    detectable: detectableEffect(found),
  };
}

/** A mean square and its degrees of freedom. */
type MeanSquare = { square: number; freedom: number };

/** The analysis of variance of blocks, nested in styles, crossed with concepts. */
function analyze(blocks: readonly ContrastBlock[]) {
  const concepts = blocks[0]?.values.length ?? 0;
  const styles = Map.groupBy(blocks, ({ style }) => style).values().toArray()
    .map((own) => own.map(({ values }) => values));
  if (blocks.length - styles.length < minBlockFreedom || concepts < 2) {
    throw new RangeError(
      `${blocks.length} blocks in ${styles.length} styles, of ${concepts} concepts, are too few`,
    );
  }
  if (!blocks.every(({ values }) => values.length === concepts && values.every(Number.isFinite))) {
    throw new RangeError("blocks differ in their number of concepts, or a value is not finite");
  }
  const all = blocks.map(({ values }) => values);
  const value = mean(all.map((values) => mean([...values])));
  let [ofBlocks, ofRest] = [0, 0];
  for (const own of styles) {
    const byConcept = columnMeans(own);
    const center = mean(byConcept);
    for (const values of own) {
      const shift = mean([...values]) - center;
      ofBlocks += concepts * shift ** 2;
      ofRest += sum(values.map((value, i) => (value - byConcept[i] - shift) ** 2));
    }
  }
  const ofConcepts = blocks.length * sum(columnMeans(all).map((own) => (own - value) ** 2));
  const meanSquare = (squares: number, freedom: number): MeanSquare => ({
    square: squares / freedom,
    freedom,
  });
  const freedom = blocks.length - styles.length;
  return {
    value,
    squares: {
      block: meanSquare(ofBlocks, freedom),
      concept: meanSquare(ofConcepts, concepts - 1),
      rest: meanSquare(ofRest, freedom * (concepts - 1)),
    },
    counts: { blocks: blocks.length, concepts },
  };
}

/** The mean of each concept over blocks. */
function columnMeans(rows: readonly (readonly number[])[]): number[] {
  return Array.from(rows[0], (_, i) => mean(rows.map((row) => row[i])));
}

// What can be said: a difference, its absence, or neither.

/** An estimate's uncertainty. */
export type Uncertainty = Pick<ContrastEstimate, "standardError" | "degreesOfFreedom">;

/**
 * The true difference that a two-sided t test at 0.05 finds with a probability of 80 %, before any
 * correction for several tests (Bloom 1995, "Minimum Detectable Effects").
 */
export function detectableEffect({ standardError, degreesOfFreedom }: Uncertainty): number {
  return standardError *
    (tQuantile(1 - alpha / 2, degreesOfFreedom) + tQuantile(power, degreesOfFreedom));
}

/** Differences that are too small to matter: within ± these, two methods count as equivalent. */
export const equivalenceMargins = { truth: 0.01, content: 0.5 } as const;

/**
 * How likely an estimate this far inside ± `margin` is if the true difference were at or beyond the
 * margin: the larger p of two one-sided t tests (Schuirmann 1987). Below 0.05, the 90 % interval
 * lies within the margin.
 */
export function equivalenceTest(
  { value, standardError, degreesOfFreedom }: Uncertainty & { value: number },
  margin: number,
): number {
  return tail(margin - Math.abs(value), standardError, degreesOfFreedom);
}

/** A contrast with what it takes to judge it. */
export type Contrast = {
  name: string;
  better: "higher" | "lower";
  /** In the score's unit. Without one, the contrast is never called equivalent. */
  margin?: number;
  /** Whether it was registered as a primary contrast before the first run; else it is exploratory. */
  registered: boolean;
  estimate: ContrastEstimate;
};

export type Verdict = "better" | "worse" | "equivalent" | "undecided";

export type JudgedContrast = Contrast & {
  /** After Holm, over the registered contrasts. Exploratory ones have none. */
  adjustedPValue?: number;
  equivalencePValue?: number;
  verdict: Verdict;
};

/** Judges contrasts together: all registered ones of a study belong in one call. */
export function judgeContrasts<T extends Contrast>(
  contrasts: readonly T[],
): (T & JudgedContrast)[] {
  const registered = contrasts.filter(({ registered }) => registered);
  const adjusted = holm(registered.map(({ estimate }) => estimate.pValue));
  return contrasts.map((contrast) => {
    const { estimate, margin, better } = contrast;
    const rank = registered.indexOf(contrast);
    const adjustedPValue = rank < 0 ? undefined : adjusted[rank];
    const equivalencePValue = margin === undefined ? undefined : equivalenceTest(estimate, margin);
    const gain = better === "higher" ? estimate.value : -estimate.value;
    const verdict = verdictOf(gain, adjustedPValue ?? estimate.pValue, equivalencePValue);
    return { ...contrast, adjustedPValue, equivalencePValue, verdict };
  });
}

/**
 * The rule: "equivalent" where the equivalence test passes at 0.05, even if the difference is also
 * significant, because then it is real but too small to matter; else "better" or "worse" where p of
 * the difference is below 0.05; else "undecided", which does not mean that there is no difference.
 */
function verdictOf(gain: number, pValue: number, equivalencePValue = 1): Verdict {
  if (equivalencePValue < alpha) return "equivalent";
  if (pValue < alpha) return gain > 0 ? "better" : "worse";
  return "undecided";
}

// Student's t distribution.

function tQuantile(probability: number, degreesOfFreedom: number): number {
  return jstat.studentt.inv(probability, degreesOfFreedom);
}

/** The probability of a t value above `distance / standardError`. */
function tail(distance: number, standardError: number, degreesOfFreedom: number): number {
  if (standardError === 0) return distance > 0 ? 0 : distance === 0 ? 0.5 : 1;
  return jstat.studentt.cdf(-distance / standardError, degreesOfFreedom);
}
