/** How a table's rows look in its figures: a method has one colour in all of them. */
import { type StyleOf, stylesByName } from "specialist/figures";
import { labelSeparator, type Summary } from "./summary.ts";

/**
 * The look of each row, and of lines over rows that are called what their labels share. Rows of one
 * method have one colour; the base is grey.
 */
export function rowStyles({ rows, base, drawings }: Summary): StyleOf {
  const labels = rows.map(({ label }) => label)
    .filter((label) => label !== base && label !== drawings);
  const parts = labels.map((label) => label.split(labelSeparator));
  const place = Math.max(0, parts[0]?.findIndex((part, i) => parts.some((of) => of[i] !== part)));
  const methods = Map.groupBy(labels, (label) => label.split(labelSeparator)[place] ?? label);
  return stylesByName(
    methods.entries().map(([method, own]) => own.length > 1 ? [method, ...own] : [...own])
      .toArray(),
    { base, drawings },
  );
}
