import { type Column, renderTable } from "specialist/internal/runtime/mod.ts";
import type { Comparison } from "./parity_case.ts";
import { type CaseResult, missesOf } from "./run_case.ts";

const missesShown = 5;

/** The table of all cases, and below it what missed. */
export function parityReport(results: CaseResult[]): string {
  const failed = results.filter((result) => missesOf(result).length > 0);
  return [
    renderTable(results, columns),
    ...failed.map((result) => `\n${result.name}\n${indented(missesOf(result))}`),
    failed.length === 0
      ? `\nall ${results.length} cases pass`
      : `\n${failed.length} of ${results.length} cases fail`,
  ].join("\n");
}

const columns: Column<CaseResult>[] = [
  { title: "case", value: ({ name }) => name },
  { title: "outputs", value: ({ comparisons }) => `${comparisons.length}`, align: "right" },
  { title: "worst output", value: (result) => worst(result)?.output ?? "" },
  {
    title: "max abs error",
    value: (result) => worst(result)?.maxAbsError.toExponential(1) ?? "",
    align: "right",
  },
  { title: "tolerance", value: (result) => tolerance(worst(result)), align: "right" },
  {
    title: "used",
    value: (result) => {
      const comparison = worst(result);
      return comparison ? `${(100 * comparison.used).toFixed(0)} %` : "";
    },
    align: "right",
  },
  {
    title: "verdict",
    value: (result) =>
      result.error !== undefined ? "ERROR" : missesOf(result).length > 0 ? "MISS" : "ok",
  },
];

/** The output nearest to, or furthest past, its tolerance. */
function worst({ comparisons }: CaseResult): Comparison | undefined {
  return comparisons.reduce<Comparison | undefined>(
    (worst, comparison) => !worst || comparison.used > worst.used ? comparison : worst,
    undefined,
  );
}

function tolerance(comparison: Comparison | undefined): string {
  if (!comparison) return "";
  const { atol, rtol } = comparison;
  if (atol === 0 && rtol === 0) return "exact";
  return rtol === 0 ? `${atol}` : `${atol.toExponential()} + ${rtol.toExponential()}·|x|`;
}

function indented(misses: string[]): string {
  const shown = misses.slice(0, missesShown);
  if (misses.length > missesShown) shown.push(`and ${misses.length - missesShown} more`);
  return shown.map((miss) => `  ${miss}`).join("\n");
}
