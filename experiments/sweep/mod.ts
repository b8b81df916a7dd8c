/**
 * Sweeps: a grid of adaptations, done once each, and their table.
 *
 * A sweep is plain data in a file of its own; what is done and what is left is read from the folders
 * of its runs, so that it can be stopped at any moment, also by pulling the plug, and goes on when it
 * is started again.
 * @module
 */
export { over, variants } from "./axes.ts";
export { completeSweep, type CompletionOptions } from "./complete_sweep.ts";
export { applyPatch, type Patch } from "./patch.ts";
export { type Axis, defineSweep, type Sweep } from "./sweep.ts";
