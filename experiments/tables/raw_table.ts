import { type Column, renderTable } from "specialist/tables/mod.ts";
import type { TableScoreName } from "./observations.ts";
import type { Statistics } from "./sections.ts";
import type { RowStatistics } from "./statistics.ts";

type RawRow = RowStatistics & { name: TableScoreName };

/** All statistics with all digits, a line for each row and score, as CSV. */
export function rawTable(reference: string, statistics: Statistics): string {
  const rows = [...statistics].flatMap(([name, rows]) => rows.map((row) => ({ ...row, name })));
  const number = (title: string, value: (row: RawRow) => number | undefined): Column<RawRow> => ({
    title,
    value: (row) => `${value(row) ?? ""}`,
  });
  return renderTable(rows, [
    { title: "score", value: ({ name }) => name },
    { title: "row", value: ({ label }) => label },
    number("runs", ({ runs }) => runs),
    number("interquartile_mean", ({ score }) => score),
    number("low", ({ interval }) => interval?.low),
    number("high", ({ interval }) => interval?.high),
    { title: "reference", value: ({ difference }) => difference ? reference : "" },
    number("difference", ({ difference }) => difference?.value),
    number("difference_low", ({ difference }) => difference?.interval?.low),
    number("difference_high", ({ difference }) => difference?.interval?.high),
    number("p", ({ difference }) => difference?.pValue),
    number("p_holm", ({ difference }) => difference?.adjustedPValue),
    number("effect_size_dz", ({ difference }) => difference?.effectSize),
  ], "csv");
}
