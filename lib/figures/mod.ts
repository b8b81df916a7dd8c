/**
 * Plots, image grids and report pages.
 * @module
 */
export {
  comparisonCell,
  comparisonColumns,
  comparisonGrid,
  comparisonRows,
  type LabelledGrid,
  labelledGrid,
  readableCell,
} from "./comparison_grid.ts";
export {
  type ContrastMark,
  contrastsFigure,
  type PartEffect,
  partEffectsFigure,
  type Repetitions,
  repetitionsFigure,
  type ScoreBar,
  scoreBarsFigure,
  tradeOffFigure,
  type TradeOffPoint,
} from "./comparisons.ts";
export { doseFigure } from "./dose.ts";
export { type Content, Html, html, scriptJson } from "./html.ts";
export {
  type CaptionedImage,
  distanceMatrixFigure,
  heatImage,
  imageGridFigure,
  type ImageGridOptions,
} from "./images.ts";
export {
  fontMetrics,
  type Glyphs,
  glyphText,
  textLines,
  textPath,
  textWidth,
} from "./lettering.ts";
export {
  clipScoreFigure,
  type ClipScoreSeries,
  courseFigure,
  type CourseSeries,
  fixedNoiseLossFigure,
  learningFigure,
  type LearningSeries,
  lossesFigure,
  scalingFigure,
  type ScalingSeries,
  smooth,
  trainingLossFigure,
} from "./lines.ts";
export { linkedFigure, type LinkedPanel } from "./linked.ts";
export { renderFigures, renderReport, writeReport } from "./report.ts";
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
export { scoreTable, scoreText, signed, verdict, verdictWords } from "./report_scores.ts";
export { type FigureSize, figureSvg, type StillImage, stillImage } from "./svg.ts";
export {
  type Figure,
  palette,
  sentenceCase,
  type SeriesStyle,
  type StepInterval,
  type StepValue,
  type StyleOf,
  stylesByName,
} from "./theme.ts";
export {
  lossByTimestepFigure,
  type LossesAtStep,
  lossHeatmapFigure,
  type TimestepLosses,
  type TrainedTimesteps,
  trainedTimestepsFigure,
  type Trajectory,
  trajectoryFigure,
} from "./timesteps.ts";
export { type GridAxis, xyGrid } from "./xy_grid.ts";
export { formatBytes, formatCount, formatDuration, renderTable } from "../internal/runtime/mod.ts";
