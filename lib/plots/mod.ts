export type { Figure, StepInterval, StepValue } from "./figure.ts";
export { palette } from "./theme.ts";
export { smooth } from "./smooth.ts";
export { stableLossFigure } from "./stable_loss.ts";
export { clipScoreFigure, type ClipScoreSeries } from "./clip_score.ts";
export { trainingLossFigure } from "./training_loss.ts";
export { scalingFigure, type ScalingSeries } from "./scaling.ts";
export { type ScoreBar, scoreBarsFigure } from "./score_bars.ts";
export { lossByTimestepFigure, type TimestepLosses } from "./loss_by_timestep.ts";
