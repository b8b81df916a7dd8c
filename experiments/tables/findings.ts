/** What a table says, in words: which rows differ from the reference, and which do not. */
import type { Statistics } from "./sections.ts";
import {
  decisiveScores,
  isSignificant,
  numberText,
  type RowStatistics,
  tableScores,
} from "./statistics.ts";
import type { Summary } from "./summary.ts";

type Compared = RowStatistics & Required<Pick<RowStatistics, "difference">>;

/** A list in Markdown, a score an item. */
export function findings({ reference }: Summary, statistics: Statistics): string {
  return decisiveScores.flatMap((name) => {
    const rows = (statistics.get(name) ?? []).filter((row): row is Compared =>
      row.difference !== undefined
    );
    if (rows.length === 0) return [];
    const { title, better } = tableScores[name];
    const sign = better === "higher" ? 1 : -1;
    const differs = ({ difference }: Compared) => isSignificant(difference);
    const text = numberText(
      rows.map(({ difference }) => difference.value),
      rows.map(({ difference }) => difference.uncertainty),
    );
    const described = ({ label, difference: { value, interval } }: Compared) =>
      `${label} (${text.signed(value)}${interval ? `, ${text.signedInterval(interval)}` : ""})`;
    const testable = rows.every(({ difference }) =>
      smallestPValue(difference.pairs) * rows.length < 0.05
    );
    const groups: [string, Compared[]][] = !testable ? [["too few runs for a test", rows]] : [
      ["worse", rows.filter((row) => differs(row) && sign * row.difference.value < 0)],
      ["better", rows.filter((row) => differs(row) && sign * row.difference.value > 0)],
      ["not told apart", rows.filter((row) => !differs(row))],
    ];
    const parts = groups.filter(([, rows]) => rows.length > 0)
      .map(([name, rows]) => `**${name}**: ${rows.map(described).join("; ")}`);
    return [`- _${title}_ against ${reference}: ${parts.join(". ")}.`];
  }).join("\n");
}

/** That of a test which flips signs: where all pairs agree, one of 2^pairs ways, and its opposite. */
function smallestPValue(pairs: number): number {
  return 2 ** (1 - pairs);
}
