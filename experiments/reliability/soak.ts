/** `deno task soak`: each case, its report, and a page about all of them. */
import { gitCommit, libraryVersions } from "specialist/records/mod.ts";
import { useBackend } from "specialist/tensorflow/mod.ts";
import { describeSystem } from "specialist/tensorflow/system.ts";
import { cases } from "./cases.ts";
import type { SoakConfig } from "./config.ts";
import { readEntries, type Report, reportSchema, writeEntry } from "./report.ts";
import { findingsTable, writePage } from "./page.ts";

/**
 * Writes a case's report when it is done, and the page in the end; the reports of cases that are not
 * asked for stay.
 *
 * @throws Error where something did not hold
 */
export async function soak(
  { cases: chosen, output, ...config }: SoakConfig,
  signal: AbortSignal,
): Promise<void> {
  const backend = await useBackend();
  console.log(`Computing with ${backend}`);
  const broken: string[] = [];
  for (const name of chosen) {
    const started = performance.now();
    const report: Report = await (await cases[name]())(config, signal);
    await writeEntry(output, name, {
      ...reportSchema.parse(report),
      config,
      seconds: (performance.now() - started) / 1000,
      backend,
      versions: { ...libraryVersions(), deno: Deno.version.deno },
      system: describeSystem(),
      commit: gitCommit(),
      date: new Date().toISOString(),
    });
    const failed = report.findings.filter(({ holds }) => !holds);
    broken.push(...failed.map(({ what, measured }) => `${name}: ${what}: ${measured}`));
  }
  const entries = await readEntries(output);
  const files = await writePage(output, entries);
  console.log(`\n${findingsTable(entries, "terminal")}\n`);
  console.log(`Reports: ${files.join(", ")}`);
  if (broken.length === 0) return;
  throw new Error([`${broken.length} do not hold`, ...broken].join("\n  - "));
}
