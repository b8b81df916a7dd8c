/**
 * Python, for Jupyter and for comparisons with PyTorch only.
 * @module
 */
export { type PythonEnvironment, pythonEnvironment } from "./environment.ts";
