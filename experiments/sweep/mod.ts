/**
 * Sweeps: a grid of training runs, each done once, and their table.
 *
 * A sweep is plain data in a file of its own. What is done and what is left is read from the folders of
 * its runs, so it can be stopped at any moment, even by a power cut, and resumes when started again.
 * @module
 */
export {
  applyPatch,
  type Axis,
  type ChoicePatch,
  defineSweep,
  over,
  type Patch,
  type Sweep,
  variants,
} from "./sweep.ts";
