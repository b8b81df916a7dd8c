import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { UserError } from "specialist/internal/runtime/mod.ts";
import { tf, useBackend } from "specialist/internal/tensor/mod.ts";
import { writeTinyModel } from "../soak/tiny_model.ts";
import type { Work } from "./cases.ts";
import { lapTimer } from "./lap_timer.ts";
import { loadWork } from "./our_work.ts";
import {
  type BenchRecord,
  figureOf,
  type Measurement,
  ratioTo,
  readBenchRecord,
  timeOf,
  writeBenchRecord,
} from "./record.ts";
import { benchTable, writeSummary } from "./summary.ts";

function measured(seconds: number[], peakMemoryBytes = 1e9): Measurement {
  return {
    loadSeconds: 0.5,
    firstSeconds: 2,
    seconds,
    peakMemoryBytes,
    loadedMemoryBytes: 1e8,
    threads: 2,
    versions: { torch: "2.13.0" },
  };
}

function record(measurements: BenchRecord["measurements"]): BenchRecord {
  return {
    name: "training-4",
    title: "training step, batch 4",
    work: {
      kind: "training step",
      folder: "model",
      batch: 4,
      size: 16,
      tokens: 24,
      precision: "float32",
    },
    measurements,
    failures: measurements.pytorch ? {} : { pytorch: "no such program: python3" },
    system: { processor: "a processor", cores: 2, instructions: ["AVX2"] },
    date: "2026-01-01T00:00:00.000Z",
  };
}

describe("the bench's statistics", () => {
  const both = record({
    specialist: [measured([1, 1, 1]), measured([3, 3, 9], 2e9), measured([2, 2, 2])],
    pytorch: [measured([2, 2, 2]), measured([3, 3, 3]), measured([4, 4, 4])],
  });

  it("compare within a round, so that a slow moment falls on both sides", () => {
    assertEquals(ratioTo(both, "pytorch"), { median: 0.5, low: 0.5, high: 1 });
    assertEquals(ratioTo(both, "torch.compile"), undefined);
  });

  it("give all times' median and quartiles, and the most memory", () => {
    assertEquals(timeOf(both, "pytorch"), { median: 3, low: 2, high: 4 });
    assertEquals(figureOf(both, "specialist", "peakMemoryBytes"), 2e9);
    assertEquals(figureOf(both, "specialist", "loadSeconds"), 0.5);
  });

  it("show our own times where there is no PyTorch, and why there is none", async () => {
    const alone = record({ specialist: [measured([0.25, 0.25])] });
    assertStringIncludes(benchTable([alone], "markdown"), "250 ms");
    const day = alone.date.slice(0, 10);
    assert(!benchTable([alone], "markdown").includes("new"));
    assertStringIncludes(
      benchTable([alone], "markdown", new Set([alone.name])),
      `${day}, new`,
    );
    const folder = await Deno.makeTempDir();
    const [table, figure] = await writeSummary(folder, [alone], new Set());
    assertStringIncludes(await Deno.readTextFile(table), "no such program: python3");
    assertStringIncludes(await Deno.readTextFile(figure), "ours / PyTorch");
    await Deno.remove(folder, { recursive: true });
  });

  it("are made of records as they were written, and of nothing else", async () => {
    const folder = await Deno.makeTempDir();
    await writeBenchRecord(folder, both);
    assertEquals(await readBenchRecord(folder, both.name), both);
    assertEquals(await readBenchRecord(folder, "sampling"), undefined);
    await Deno.writeTextFile(join(folder, "sampling.json"), '{"name": 1}');
    const error = await assertRejects(() => readBenchRecord(folder, "sampling"), UserError);
    assertStringIncludes(error.message, "sampling.json");
    await Deno.remove(folder, { recursive: true });
  });
});

describe("a lap timer", () => {
  it("continues until the budget is spent, and reports no memory", () => {
    const timer = lapTimer({ budget: 0 });
    let laps = 1;
    while (timer.lap()) laps++;
    assertEquals(laps, 5);
    const { seconds, residentBytes } = timer.times();
    assertEquals([seconds.length, residentBytes], [2, undefined]);
  });

  it("counts as many as it is told, with the memory after each", () => {
    const timer = lapTimer({ budget: 0, laps: 7 });
    while (timer.lap());
    const { seconds, residentBytes } = timer.times();
    assertEquals([seconds.length, residentBytes?.length], [7, 7]);
    assert(residentBytes!.every((bytes) => bytes > 1e6));
  });
});

describe("the bench's work", () => {
  const kinds = (folder: string): Work[] => [
    { kind: "training step", folder, batch: 2, size: 8, tokens: 5, precision: "float32" },
    { kind: "training step", folder, batch: 2, size: 8, tokens: 5, precision: "bfloat16" },
    { kind: "method's step", folder, method: "lora", batch: 1, pixels: 16 },
    { kind: "loading", folder },
    { kind: "content-loss step", folder, steps: 2, precision: "float32" },
    { kind: "sampling", folder, images: 2, steps: 2, precision: "float32" },
    { kind: "decoding", folder, batch: 1, size: 8, precision: "bfloat16" },
    { kind: "scoring", folder: join(folder, "guide"), images: 3 },
    { kind: "matrix product", size: 8, precision: "bfloat16" },
    { kind: "addition", length: 100 },
  ];

  it("is done until the budget is spent, and leaves no tensors but the model's", async () => {
    await useBackend();
    const folder = await Deno.makeTempDir();
    await writeTinyModel(folder);
    for (const work of kinds(folder)) {
      const run = await loadWork(work);
      const counts: number[] = [];
      const timer = lapTimer({ budget: 0 });
      await run({
        ...timer,
        lap() {
          counts.push(tf.memory().numTensors);
          return timer.lap();
        },
      });
      const { firstSeconds, seconds } = timer.times();
      assert(firstSeconds > 0, work.kind);
      assertEquals(seconds.length, 2, work.kind);
      assertEquals(counts.at(-1), counts.at(-2), `${work.kind} leaks tensors`);
    }
    await Deno.remove(folder, { recursive: true });
  });
});
