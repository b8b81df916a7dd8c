/**
 * Python, for Jupyter and for comparisons with PyTorch only.
 * @module
 */
export {
  installedPython,
  programIn,
  type PythonEnvironment,
  pythonEnvironment,
} from "./environment.ts";
