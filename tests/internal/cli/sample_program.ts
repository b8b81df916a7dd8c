/** A program of one command, to try what commands made from schemas do. */
import { configCommand } from "specialist/internal/cli/config_command.ts";
import { createProgram, runProgram } from "specialist/internal/cli/program.ts";
import { sampleSchema } from "../runtime/config/sample_schema.ts";

const draw = configCommand({
  name: "draw",
  description: "Draw something",
  schema: sampleSchema,
  prepare: networkState,
  async run({ style }, signal, before) {
    if (style === "connected") console.log(`${before}, then ${await networkState()}`);
    if (style === "broken") throw new Error("the brush broke");
    console.log(`drew in ${style} style`);
    if (style !== "endless") return;
    console.log(`process ${Deno.pid}`);
    try {
      while (true) {
        signal.throwIfAborted();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    } finally {
      console.log("tidied up");
    }
  },
});

async function networkState(): Promise<Deno.PermissionState> {
  return (await Deno.permissions.query({ name: "net" })).state;
}

await runProgram(createProgram([draw]), Deno.args);
