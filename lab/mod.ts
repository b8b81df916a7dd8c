/**
 * JupyterLab for this project: its environment, its kernel, and what runs and checks notebooks.
 * @module
 */
export { type Jupyter, jupyter, jupyterPrograms } from "./environment.ts";
export { checkNotebooks } from "./notebooks/check.ts";
export { executeNotebooks } from "./notebooks/execute.ts";
export { findNotebooks } from "./notebooks/find.ts";
export { formatNotebook } from "./notebooks/format.ts";
export { startLab } from "./start_lab.ts";
export { moduleOf, type Notebook, readNotebook } from "./notebooks/notebook.ts";
