/** Tables as a file for LaTeX documents: floats with captions and labels, no wider than the text. */
import { latexText } from "specialist/internal/runtime/mod.ts";
import { fileName } from "./file_name.ts";

/** A table with what stands above it. */
export type LatexTable = { title: string; caption: string; tabular: string };

/** Packages that a document needs for these tables. */
const latexPackages = ["booktabs", "adjustbox"];

/**
 * The text of a file that a document takes in with `\input`.
 *
 * @param name begins the labels: `tab:NAME:…`
 * @param comments lines for people who open the file
 */
export function latexFile(
  name: string,
  comments: readonly string[],
  tables: readonly LatexTable[],
): string {
  const preamble = [
    "Needs in the preamble, with pdfLaTeX of 2020 or later, XeLaTeX or LuaLaTeX:",
    ...latexPackages.map((name) => `\\usepackage{${name}}`),
  ];
  const head = [...preamble, ...comments].map((line) => `% ${line}`).join("\n");
  return `${[head, ...tables.map((table) => float(name, table))].join("\n\n")}\n`;
}

/** Tables that are wider than the text are made smaller, as a whole. */
function float(name: string, { title, caption, tabular }: LatexTable): string {
  return [
    "\\begin{table}[htbp]",
    "  \\centering",
    "  \\setlength{\\tabcolsep}{4pt}",
    `  \\caption{${latexText(caption)}}`,
    `  \\label{tab:${fileName(name)}:${fileName(title)}}`,
    "  \\begin{adjustbox}{max width=\\textwidth}",
    ...tabular.split("\n").map((line) => `    ${line}`),
    "  \\end{adjustbox}",
    "\\end{table}",
  ].join("\n");
}
