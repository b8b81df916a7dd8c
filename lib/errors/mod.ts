/**
 * What went wrong, said so that the reader can put it right.
 * @module
 */
export { shown } from "./excerpt.ts";
export { exitCodeOf, exitCodes } from "./exit_code.ts";
export { Interrupted, interruptSignal, isAbort } from "./interrupt.ts";
export { renderError } from "./render_error.ts";
export { didYouMean } from "./did_you_mean.ts";
export { type Problem, UserError } from "./user_error.ts";
