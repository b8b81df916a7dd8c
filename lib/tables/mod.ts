export type { Column } from "./column.ts";
export { renderTable, type TableFormat } from "./render_table.ts";
export { markedBlock, writeBlock } from "./write_block.ts";
