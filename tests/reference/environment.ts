import { join } from "node:path";
import { cacheFolder } from "specialist/files/mod.ts";
import type { PythonEnvironment } from "specialist/python/mod.ts";

/** What the checks against diffusers itself need; they are skipped where it is not installed. */
export const referenceEnvironment: PythonEnvironment = {
  title: "diffusers",
  folder: join(cacheFolder(), "reference", "python"),
  requirements: join(import.meta.dirname!, "requirements.txt"),
};
