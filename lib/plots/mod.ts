/**
 * Figures as plain plotly data, in one theme, and still pictures of them.
 * @module
 */
export type { Figure, StepInterval, StepValue } from "./figure.ts";
export { palette } from "./theme.ts";
export { smooth } from "./smooth.ts";
export { stableLossFigure } from "./stable_loss.ts";
export { clipScoreFigure, type ClipScoreSeries } from "./clip_score.ts";
export { lossesFigure, trainingLossFigure } from "./training_loss.ts";
export { learningFigure, type LearningSeries } from "./learning.ts";
export { tradeOffFigure, type TradeOffPoint } from "./trade_off.ts";
export { courseFigure, type CourseSeries } from "./course.ts";
export { scalingFigure, type ScalingSeries } from "./scaling.ts";
export { type ScoreBar, scoreBarsFigure } from "./score_bars.ts";
export { type PartEffect, partEffectsFigure } from "./part_effects.ts";
export { type Repetitions, repetitionsFigure } from "./repetitions.ts";
export { lossByTimestepFigure, type TimestepLosses } from "./loss_by_timestep.ts";
export { type LossesAtStep, lossHeatmapFigure } from "./loss_heatmap.ts";
export { type TrainedTimesteps, trainedTimestepsFigure } from "./trained_timesteps.ts";
export { type Trajectory, trajectoryFigure } from "./trajectory.ts";
export { type CaptionedImage, imageGridFigure, type ImageGridOptions } from "./image_grid.ts";
export { distanceMatrixFigure } from "./distance_matrix.ts";
export { heatImage } from "./heat_image.ts";
export { linkedFigure, type LinkedPanel } from "./linked.ts";
export { type StillPicture, stillPicture } from "./static/still_picture.ts";
export { type FigureSize, figureSvg } from "./static/figure_svg.ts";
