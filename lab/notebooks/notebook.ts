import { z } from "zod";
import { listOf, readJson } from "specialist/files/mod.ts";

/** What this project reads of a notebook's file (nbformat 4). */
export const notebookSchema = z.object({
  cells: listOf(z.object({
    cell_type: z.enum(["code", "markdown", "raw"]),
    source: z.union([z.string(), listOf(z.string()).transform((lines) => lines.join(""))]),
  })),
  // Jupyter writes it; without it, `deno fmt` passes over the notebook.
  metadata: z.object({ language_info: z.object({ name: z.literal("typescript") }) }),
});

export type Notebook = z.infer<typeof notebookSchema>;

/** @throws UserError naming the file, and the field where one is wrong */
export function readNotebook(path: string): Promise<Notebook> {
  return readJson(path, notebookSchema);
}

/** A line of a notebook's code. */
export interface Place {
  /** The cell's number among those with code, as Jupyter counts what has run from top to bottom. */
  cell: number;
  line: number;
}

/** All code of a notebook as one module, and where each of its lines is in the notebook. */
export function moduleOf({ cells }: Notebook): { code: string; places: Place[] } {
  const code = cells.filter((cell) => cell.cell_type === "code");
  const lines = code.flatMap(({ source }, index) =>
    source.split("\n").map((text, line) => ({ text, cell: index + 1, line: line + 1 }))
  );
  return {
    code: lines.map(({ text }) => `${text}\n`).join(""),
    places: lines.map(({ cell, line }) => ({ cell, line })),
  };
}
