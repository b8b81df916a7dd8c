/**
 * Sweeps in a notebook.
 * @module
 */
export { sweepInNotebook } from "./sweep_in_notebook.ts";
