/** Holds the run in a folder, and does nothing with it. Argument: the folder. */
import { performRun } from "specialist/internal/runtime/mod.ts";
import { identity } from "./sum_run.ts";

const [folder] = Deno.args;
await performRun({ identity, folder, backend: "none" }, async () => {
  console.log("holding");
  await new Promise((resolve) => setTimeout(resolve, 60_000));
  return {};
});
