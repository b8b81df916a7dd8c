/** Measures one piece of work with this project, in a process of its own. */
import { libraryVersions } from "specialist/internal/runtime/mod.ts";
import { peakMemory, useBackend } from "specialist/internal/tensor/mod.ts";
import { workSchema } from "./cases.ts";
import { lapTimer } from "./lap_timer.ts";
import { batchOf, loadWork } from "./our_work.ts";
import type { Measurement } from "./record.ts";

const [json, timing] = Deno.args;
const work = workSchema.parse(JSON.parse(json));
const backend = await useBackend({ batch: batchOf(work) });

const begun = performance.now();
const loaded = await loadWork(work);
const loadSeconds = (performance.now() - begun) / 1000;
const loadedMemoryBytes = peakMemory();
const timer = lapTimer(JSON.parse(timing));
await loaded(timer);

const measurement: Measurement = {
  loadSeconds,
  ...timer.times(),
  peakMemoryBytes: peakMemory(),
  loadedMemoryBytes,
  threads: navigator.hardwareConcurrency,
  versions: { ...libraryVersions(), deno: Deno.version.deno, backend },
};
console.log(JSON.stringify(measurement));
