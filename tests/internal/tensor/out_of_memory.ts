/** Asks TensorFlow and JavaScript for more memory than this process may take, and computes on. */
import { limitMemory } from "specialist/internal/runtime/library/mod.ts";
import { renderError } from "specialist/internal/runtime/mod.ts";
import { residentMemory, tensorFlow, tf, useBackend } from "specialist/internal/tensor/mod.ts";

await useBackend();
const limited = () => /Max data size +\d/.test(Deno.readTextFileSync("/proc/self/limits"));
if (!tensorFlow() || !limited()) {
  console.log("no limit here");
  Deno.exit();
}
limitMemory(300e6);
const requests = [
  () => tf.tile(tf.ones([1e6]), [400]),
  () => Array.from({ length: 8 }, () => new Float32Array(50e6).fill(1)),
];
for (const request of requests) {
  try {
    request();
  } catch (error) {
    console.log(renderError(error));
  }
}
if (residentMemory() > 2e9) throw new Error("the limit was not kept");
console.log(`${tf.add(tf.ones([3]), 2).dataSync()}`);
