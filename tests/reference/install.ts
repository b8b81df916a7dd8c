/** Installs the reference stack into the cache, once. */
import { pythonEnvironment } from "../../experiments/bench/python_environment.ts";
import { referenceEnvironment } from "./environment.ts";

console.log(await pythonEnvironment("python3", referenceEnvironment));
