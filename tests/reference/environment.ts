import { join } from "node:path";
import type { PythonEnvironment } from "../../experiments/bench/python_environment.ts";

/** What the checks against diffusers itself need; they are skipped where it is not installed. */
export const referenceEnvironment: PythonEnvironment = {
  name: "reference/python",
  requirements: join(import.meta.dirname!, "requirements.txt"),
};
