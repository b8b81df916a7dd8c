/** The reference stack: PyTorch, diffusers and transformers in a Python environment. */
import { join } from "node:path";
import {
  cacheFolder,
  type PythonEnvironment,
  pythonEnvironment,
} from "specialist/internal/runtime/mod.ts";

/** What the checks against diffusers itself need; they are skipped where it is not installed. */
export const referenceEnvironment: PythonEnvironment = {
  title: "diffusers",
  folder: join(cacheFolder(), "reference", "python"),
  requirements: join(import.meta.dirname!, "requirements.txt"),
};

if (import.meta.main) {
  console.log(await pythonEnvironment(referenceEnvironment));
}
