/** Stage 1, on test concepts: the main effect of each part, as a half fraction of 2⁴. */
import { applyPatch, defineSweep, type Patch, variants } from "../sweep/mod.ts";
import {
  allBlocks,
  blocks,
  inRegime,
  onTest,
  type PartName,
  parts,
  quickly,
  type Regime,
  withParts,
} from "./setting.ts";

/** The regime that the gate opened for, by the rule in PREDICTIONS.md. */
export const regime: Regime = { shots: 2, steps: 1000, peak: 4e-4 };

/**
 * The eight cells: every choice of the first three parts, and the last where the product of their signs
 * is positive. No main effect is mixed up with another or with an interaction of two (resolution IV).
 */
export const cells: Record<string, PartName[]> = Object.fromEntries(
  [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => {
    const chosen = parts.slice(0, 3).filter((_, i) => (bits >> i & 1) === 1);
    const cell = chosen.length % 2 === 1 ? [...chosen, parts[3]] : chosen;
    return [cell.length === 0 ? "none of the parts" : cell.join(" + "), cell];
  }),
);

const rows = Object.fromEntries(
  Object.entries(cells).map(([name, chosen]): [string, Patch] => [name, withParts(chosen)]),
);

export default defineSweep({
  title: "Stage 1: what each part does",
  base: applyPatch(onTest, inRegime(regime)),
  axes: [variants("cell", rows), allBlocks],
  baseline: "base model",
  reference: "none of the parts",
  quick: {
    base: quickly,
    axes: [variants("cell", rows), blocks(["openmoji"], [1])],
  },
});
