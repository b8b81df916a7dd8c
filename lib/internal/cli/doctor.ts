import { Command } from "commander";
import { runProgram } from "./program.ts";

/** Explains which backend is used and why no faster one is. */
export function doctor(): Command {
  return new Command("doctor")
    .description("Show which backend is used, why, and what is missing")
    .option("--json", "print the findings as JSON")
    .option("--install", "first download what is missing")
    .action(async (options: { json?: boolean; install?: boolean }) => {
      if (options.install) await (await import("./install.ts")).install();
      const { diagnose } = await import("../tensor/mod.ts");
      const { checkReadiness, remedies, renderDiagnosis } = await import("./diagnosis.ts");
      const diagnosis = await diagnose();
      const readiness = checkReadiness(diagnosis);
      const advice = remedies(diagnosis, readiness);
      console.log(
        options.json
          ? JSON.stringify({ ...diagnosis, ...readiness, remedies: advice }, null, 2)
          : renderDiagnosis(diagnosis, readiness, advice),
      );
      if (diagnosis.chosen === undefined) Deno.exitCode = 1;
    });
}

// `deno task doctor`: which backend is used on this machine, and why.

if (import.meta.main) {
  await runProgram(doctor().exitOverride(), Deno.args);
}
