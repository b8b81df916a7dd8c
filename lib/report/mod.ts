export {
  comparisonCell,
  comparisonColumns,
  comparisonGrid,
  comparisonRows,
} from "./comparison_grid.ts";
export type {
  Comparison,
  Cost,
  Curve,
  Drawing,
  Highlight,
  ReportData,
  Score,
  StepDrawings,
} from "./report_data.ts";
export { renderFigures } from "./render_figures.ts";
export { renderReport } from "./render_report.ts";
export { scoreTable } from "./score_table.ts";
export { writeReport } from "./write_report.ts";
