import { Command } from "commander";
import { runProgram } from "./program.ts";

/** Explains what computes here and what is in the way of something faster. */
export function doctor(): Command {
  return new Command("doctor")
    .description("Show what computes on this machine, why, and what is missing")
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

// `deno task doctor`: what computes on this machine, and why.

if (import.meta.main) {
  await runProgram(doctor().exitOverride(), Deno.args);
}
