/** Factorial designs: every run informs about every part. */
import { mean, sum } from "simple-statistics";

/** The scores of a block's run with some parts on (1) and the others off (−1), one per concept. */
export type FactorialCell<Part extends string> = {
  levels: Readonly<Record<Part, 1 | -1>>;
  values: readonly number[];
};

/**
 * The main effect of each part in one block: for each concept, the mean of the cells with the part
 * on minus the mean of those with it off. For a full factorial or a fraction of resolution IV, such
 * as eight cells for four parts (Box, Hunter & Hunter 2005, "Statistics for Experimenters", chapter
 * 6), where no interaction of two parts is mistaken for an effect of a third.
 *
 * @throws RangeError if the cells are not balanced like that, or differ in their number of concepts
 */
export function factorialEffects<Part extends string>(
  cells: readonly FactorialCell<Part>[],
): Record<Part, number[]> {
  const parts = Object.keys(cells[0]?.levels ?? {}) as Part[];
  for (const group of groupsUpToThree(parts)) {
    if (
      sum(cells.map(({ levels }) => group.reduce((sign, part) => sign * levels[part], 1))) !== 0
    ) {
      throw new RangeError(`the cells do not separate the effects of ${group.join(", ")}`);
    }
  }
  if (!cells.every(({ values }) => values.length === cells[0].values.length)) {
    throw new RangeError("cells differ in their number of concepts");
  }
  return Object.fromEntries(parts.map((part) => [
    part,
    cells[0].values.map((_, i) =>
      2 * mean(cells.map(({ levels, values }) => levels[part] * values[i]))
    ),
  ])) as Record<Part, number[]>;
}

function groupsUpToThree<T>(items: readonly T[]): T[][] {
  return items.flatMap((a, i) => [
    [a],
    ...items.slice(i + 1).flatMap((b, j) => [
      [a, b],
      ...items.slice(i + j + 2).map((c) => [a, b, c]),
    ]),
  ]);
}
