/** Many tests at once (Holm 1979, "A Simple Sequentially Rejective Multiple Test Procedure"). */

/**
 * P-values adjusted so that the chance of one false finding among all of them keeps the level that each
 * is held to; in the order given. As R's `p.adjust(pValues, "holm")`.
 */
export function holm(pValues: readonly number[]): number[] {
  const ascending = [...pValues.keys()].sort((a, b) => pValues[a] - pValues[b]);
  const adjusted: number[] = [];
  let largest = 0;
  for (const [rank, i] of ascending.entries()) {
    largest = Math.max(largest, (pValues.length - rank) * pValues[i]);
    adjusted[i] = Math.min(largest, 1);
  }
  return adjusted;
}
