/** What the tests of notebooks share: Jupyter, cells, and notebooks made of them. */
import { type Jupyter, jupyter } from "specialist/notebook/jupyter/mod.ts";

/** Jupyter, or in words why it cannot be had. */
export async function jupyterOrReason(): Promise<Jupyter | string> {
  try {
    return await jupyter();
  } catch (error) {
    return (error as Error).message;
  }
}

/** Twenty cells, each with output of three kinds, in this order. */
export const twentyCells = Array.from({ length: 20 }, (_, cell) => ({
  code: `console.log("printed ${cell}");
await new Promise((resolve) => setTimeout(resolve, ${cell % 3} * 10));
await Deno.jupyter.display({ "text/plain": "displayed ${cell}" }, { raw: true });
Deno.jupyter.md\`result ${cell}\``,
  outputs: [`printed ${cell}\n`, `displayed ${cell}`, `result ${cell}`],
}));

/** A notebook's file with these cells. */
export function notebookOf(cells: string[]): string {
  return JSON.stringify({
    cells: cells.map((source, index) => ({
      cell_type: "code",
      id: `cell-${index}`,
      execution_count: null,
      metadata: {},
      outputs: [],
      source,
    })),
    metadata: {
      kernelspec: { name: "specialist", display_name: "Specialist", language: "typescript" },
      language_info: { name: "typescript" },
    },
    nbformat: 4,
    nbformat_minor: 5,
  });
}
