import { benchSchema } from "../../experiments/bench/config.ts";
import { configCommand } from "../config_command.ts";
import { prepareLibrary } from "../prepare_library.ts";

/** Speed and memory, beside PyTorch's. */
export const command = () =>
  configCommand({
    name: "bench",
    description: "Measure speed and memory, and PyTorch's beside them",
    schema: benchSchema,
    prepare: prepareLibrary,
    async run(config, signal) {
      const { bench } = await import("../../experiments/bench/bench.ts");
      await bench(config, signal);
    },
  });
