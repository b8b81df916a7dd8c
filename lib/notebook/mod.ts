/**
 * The lab in a notebook: inline figures, a live progress panel, training runs that can be stopped and
 * resumed. Outside a notebook all of it still runs, with text for a terminal.
 * @module
 */
export { contentGradientMaps, type ContentUse, useContentLoss } from "./content.ts";
export { interruptSignal, isFast, stepsOf } from "./display.ts";
export { draw, drawTrajectories, showScores } from "./draw.ts";
export { openPanel, type Panel, type PanelUpdate } from "./panel.ts";
export { previewShots, previewTimesteps } from "./preview.ts";
export {
  showFigure,
  showImages,
  showSideBySide,
  showTable,
  showText,
  startNotebook,
} from "./show.ts";
export {
  createTraining,
  type NotebookTraining,
  type TrainingLab,
  type TrainingOptions,
} from "./training.ts";
