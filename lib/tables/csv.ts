/** A table's cells as comma-separated values (RFC 4180), with line feeds alone. */
export function csvTable(
  head: readonly string[],
  body: readonly (readonly string[])[],
): string {
  return [head, ...body].map((cells) => cells.map(quote).join(",")).join("\n");
}

function quote(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
