/** Gives every parser hostile files, each in processes of its own, and reports what came of them. */
import { createProgress, gitCommit, libraryVersions } from "specialist/internal/runtime/mod.ts";
import { describeSystem } from "specialist/internal/tensor/machine.ts";
import type { FuzzConfig } from "../options.ts";
import { fuzzTable, pageIn, type ParserReport, updateReport } from "./report.ts";
import { targetModule } from "./targets/mod.ts";
import { watchTarget } from "./watch.ts";

/** @throws Error if a parser broke a promise; the report says which */
export async function runFuzz(config: FuzzConfig, signal?: AbortSignal): Promise<void> {
  const { targets, inputs, seed, hangSeconds, minutes = Infinity, output } = config;
  const until = performance.now() + 60_000 * minutes;
  const total = targets.length * inputs;
  const progress = createProgress({ label: "Fuzzing", total, unit: "inputs" });
  const reports: ParserReport[] = [];
  try {
    for (const [i, name] of targets.entries()) {
      if (performance.now() > until) break;
      progress.update(i * inputs, { now: name });
      const { tally, ...watched } = await watchTarget(targetModule(name), {
        stream: `${seed} ${name}`,
        inputs,
        hangSeconds,
        until,
        signal,
        onProgress: (done) => progress.update(i * inputs + done),
      });
      reports.push({ name, seed, ...watched, ...tally, ...circumstances() });
      await updateReport(output, reports);
    }
    progress.update(total);
  } finally {
    progress.stop();
  }
  console.log(`\n${fuzzTable(reports, "terminal")}\n\nReport: ${pageIn(output)}`);
  const broken = reports.filter(({ defects }) => defects.length > 0).map(({ title }) => title);
  if (broken.length > 0) throw new Error(`promises were broken by ${broken.join(", ")}`);
}

function circumstances() {
  return {
    versions: { ...libraryVersions(), deno: Deno.version.deno },
    processor: describeSystem().processor,
    commit: gitCommit(),
    date: new Date().toISOString(),
  };
}
