/**
 * `deno run -P=start cli/start.ts PROGRAM …`, which is what tasks are: fetches what is missing, and runs
 * the program with the permissions that it needs and no others.
 */
import { join } from "node:path";
import { exitCodeOf, renderError } from "specialist/errors/mod.ts";
import { prepareLibrary } from "./prepare_library.ts";
import { needsOf } from "./start/needs.ts";
import { placesIn } from "./start/places.ts";
import { runConfined } from "./start/run_confined.ts";

const [program, ...args] = Deno.args;
try {
  const { computes, writes = [], ...needs } = needsOf(program, args);
  const places = await placesIn(program, args);
  if (computes) await prepareLibrary();
  const file = join(import.meta.dirname!, "..", program);
  Deno.exitCode = await runConfined(file, args, { ...needs, writes: [...writes, ...places] });
} catch (error) {
  console.error(renderError(error));
  Deno.exitCode = exitCodeOf(error);
}
