/** `deno task parity [FOLDER]`: compares the library with reference values. */
import { program } from "commander";
import { createProgress } from "specialist/internal/runtime/mod.ts";
import { useBackend } from "specialist/internal/tensor/mod.ts";
import { parityReport } from "./report.ts";
import { type CaseResult, defaultFolder, findCases, missesOf, runCase } from "./run_case.ts";

program
  .name("deno task parity")
  .description("Runs every case.json found below a folder and compares with its expected values.")
  .argument("[folder]", "a fixtures folder", defaultFolder())
  .action(async (folder: string) => {
    const cases = findCases(folder);
    await useBackend();
    const results: CaseResult[] = [];
    const progress = createProgress({ label: "Parity", total: cases.length, unit: "cases" });
    for (const path of cases) {
      results.push(await runCase(path));
      progress.update(results.length);
    }
    progress.stop();
    console.log(parityReport(results));
    if (results.some((result) => missesOf(result).length > 0)) Deno.exitCode = 1;
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error(`parity: ${(error as Error).message}`);
  Deno.exitCode = 2;
}
