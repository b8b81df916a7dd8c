import { labelSeparator } from "../tables/mod.ts";

/** Axes that a table tells apart by itself; all others together name a row. */
const cellAxes = ["style", "seed"];

/** What a table calls the row of a combination of choices. */
export function rowLabel(axes: readonly string[], labels: readonly string[]): string {
  return labels.filter((_, i) => !cellAxes.includes(axes[i])).join(labelSeparator);
}
