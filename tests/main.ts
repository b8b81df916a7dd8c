/** `deno task bench`, `deno task soak`, `deno task fuzz`: what takes too long for a test. */
import type { Command } from "commander";
import { configCommand } from "specialist/internal/cli/config_command.ts";
import { prepareLibrary } from "specialist/internal/cli/install.ts";
import { createProgram, runProgram } from "specialist/internal/cli/program.ts";
import { withPlaces } from "specialist/internal/cli/results.ts";
import { benchSchema, fuzzSchema, soakSchema } from "./options.ts";

/** Speed and memory, compared with PyTorch's. */
const bench = () =>
  configCommand({
    name: "bench",
    description: "Measure speed and memory, compared with PyTorch's",
    schema: benchSchema,
    prepare: prepareLibrary,
    async run(config, signal) {
      const { runBench } = await import("./bench/bench.ts");
      await runBench(withPlaces(config, "output"), signal);
    },
  });

/** What only shows after hours. */
const soak = () =>
  configCommand({
    name: "soak",
    description: "Train, draw and sweep for long, and report whether anything grew or was lost",
    schema: soakSchema,
    async run(config, signal) {
      const { runSoak } = await import("./soak/soak.ts");
      await runSoak(withPlaces(config, "output"), signal);
    },
  });

/** Parsers and hostile files. */
const fuzz = () =>
  configCommand({
    name: "fuzz",
    description: "Give every parser files that were changed at random, and report what came of it",
    schema: fuzzSchema,
    async run(config, signal) {
      const { runFuzz } = await import("./fuzz/fuzz.ts");
      await runFuzz(withPlaces(config, "output"), signal);
    },
  });

/** The commands of this program. */
const commands: Command[] = [bench(), soak(), fuzz()];

if (import.meta.main) await runProgram(createProgram(commands), Deno.args);
