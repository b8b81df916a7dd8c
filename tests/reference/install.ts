/** Installs the reference stack into the cache, once. */
import { pythonEnvironment } from "specialist/python/mod.ts";
import { referenceEnvironment } from "./environment.ts";

console.log(await pythonEnvironment(referenceEnvironment));
