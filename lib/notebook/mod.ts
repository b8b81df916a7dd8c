/**
 * The lab in a notebook: inline figures, one live progress display, trainings that can be stopped and
 * go on. Outside a notebook all of it still runs, with text for a terminal.
 * @module
 */
export { contentGradientMaps, type ContentUse, useContentLoss } from "./content.ts";
export { draw, drawSubjects } from "./draw.ts";
export { isFast } from "./fast.ts";
export { interruptSignal } from "./interrupt.ts";
export { openPanel, type Panel, type PanelUpdate } from "./panel.ts";
export { scoreEach, showScores } from "./scores.ts";
export { showFigure, showPictures, showSideBySide, showTable, showText } from "./show.ts";
export { startNotebook } from "./start.ts";
export {
  createTraining,
  type NotebookTraining,
  type TrainingLab,
  type TrainingOptions,
} from "./training.ts";
