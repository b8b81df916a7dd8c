/**
 * JupyterLab with the project's kernel, and what runs, checks and formats notebooks.
 * @module
 */
export { checkNotebooks, findNotebooks, moduleOf, readNotebook } from "./check.ts";
export { type Jupyter, jupyter } from "./environment.ts";
export { executeNotebooks } from "./execute.ts";
