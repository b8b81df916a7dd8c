import type { ScoreComparison } from "../evaluation/mod.ts";
import { renderTable } from "../tables/mod.ts";

/** The scores before and after, for a terminal or as Markdown. */
export function scoreTable(
  scores: readonly ScoreComparison[],
  format: "terminal" | "markdown" = "terminal",
): string {
  return renderTable([...scores], [
    { title: "score", value: ({ title }) => title },
    { title: "better", value: ({ better }) => better },
    { title: "before", value: ({ before }) => before.toFixed(3), align: "right" },
    { title: "after", value: ({ after }) => after.toFixed(3), align: "right" },
    {
      title: "change, 95 % interval",
      value: ({ interval: { low, high } }) => `${signed(low)} to ${signed(high)}`,
      align: "right",
    },
  ], format);
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
}
