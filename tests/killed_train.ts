/**
 * `train` in a process that kills itself as soon as it has written a certain file: each file that appears
 * is named on standard output.
 */
import { relative } from "node:path";
import { runTrain } from "experiments/train/train.ts";
import { useBackend } from "specialist/internal/tensor/mod.ts";

const [folder, config, pattern, count = "1"] = Deno.args;

const { rename } = Deno;
let matches = 0;
Deno.rename = async (from, to) => {
  await rename(from, to);
  const path = relative(folder, `${to}`);
  console.log(path);
  if (!pattern || !new RegExp(pattern).test(path)) return;
  if (++matches === Number(count)) Deno.kill(Deno.pid, "SIGKILL");
};

// As in the test's own process, whatever the batch.
await useBackend();
await runTrain(JSON.parse(config));
