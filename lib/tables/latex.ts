/**
 * A table's cells as LaTeX, ruled by the package booktabs; without caption and float around it.
 *
 * @param align one for each column
 */
export function latexTable(
  head: readonly string[],
  body: readonly (readonly string[])[],
  align: readonly ("left" | "right")[],
): string {
  const line = (cells: readonly string[]) => `  ${cells.map(escapeLatex).join(" & ")} \\\\`;
  return [
    `\\begin{tabular}{${align.map((side) => side[0]).join("")}}`,
    "  \\toprule",
    line(head),
    "  \\midrule",
    ...body.map(line),
    "  \\bottomrule",
    "\\end{tabular}",
  ].join("\n");
}

const commands: Record<string, string> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "<": "$<$",
  ">": "$>$",
  "−": "$-$",
  "×": "$\\times$",
  "±": "$\\pm$",
  "∞": "$\\infty$",
  "↑": "$\\uparrow$",
  "↓": "$\\downarrow$",
  "\n": " ",
};

function escapeLatex(text: string): string {
  return text.replace(
    /[\\~^<>−×±∞↑↓\n&%$#_{}]/g,
    (character) => commands[character] ?? `\\${character}`,
  );
}
