/** `deno task soak`: each case, its report, and a page about all of them. */
import { join } from "node:path";
import { figureSvg, linkedFigure } from "specialist/figures";
import {
  formatDuration,
  gitCommit,
  libraryVersions,
  renderTable,
  type TableFormat,
  writeAtomically,
} from "specialist/internal/runtime/mod.ts";
import { describeSystem } from "specialist/internal/tensor/machine.ts";
import { useBackend } from "specialist/internal/tensor/mod.ts";
import { courseFigures } from "../bench/endurance.ts";
import type { SoakConfig } from "../options.ts";
import {
  type Case,
  type CaseName,
  type Entries,
  type Entry,
  readEntries,
  type Report,
  type ReportedCourse,
  reportSchema,
  writeEntry,
} from "./report.ts";

/**
 * Writes a case's report when it is done, and the page in the end; the reports of cases that are not
 * asked for stay.
 *
 * @throws Error where something did not hold
 */
export async function runSoak(
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

/** What `deno task soak` does: a line for each case, loaded when its turn comes. */
const cases = {
  endurance: async () => (await import("./endurance.ts")).endurance,
  sweep: async () => (await import("./sweep.ts")).sweep,
  kills: async () => (await import("./kills.ts")).killedRuns,
} satisfies Record<CaseName, () => Promise<Case>>;

// The reports as a table and a figure.

/** @returns the files written */
export async function writePage(folder: string, entries: Entries): Promise<string[]> {
  const [page, figure] = [join(folder, "soak.md"), join(folder, "soak.svg")];
  const courses = Object.values(entries).flatMap(({ courses }) => courses);
  await Deno.mkdir(folder, { recursive: true });
  await writeAtomically(page, markdown(entries, courses.length > 0));
  if (courses.length === 0) return [page];
  await writeAtomically(figure, await figureSvg(linkedFigure(courses.flatMap(panelsOf))));
  return [page, figure];
}

/** A row for all that must hold. */
function findingsTable(entries: Entries, format: TableFormat): string {
  const rows = Object.entries(entries)
    .flatMap(([name, { findings }]) => findings.map((finding) => ({ name, ...finding })));
  return renderTable(rows, [
    { title: "case", value: ({ name }) => name },
    { title: "what must hold", value: ({ what }) => what },
    { title: "measured", value: ({ measured }) => measured },
    { title: "holds", value: ({ holds }) => holds ? "yes" : "no" },
  ], format);
}

function panelsOf({ name, step, points }: ReportedCourse) {
  const plotted = points.map(({ step, processorSeconds: seconds, bytes }) => ({
    step,
    seconds,
    bytes,
  }));
  const { time, memory } = courseFigures([{ name, points: plotted }], step);
  return [
    { title: `${name}: memory`, figure: memory },
    { title: `${name}: processor time`, figure: time },
  ];
}

function markdown(entries: Entries, hasFigure: boolean): string {
  return [
    "# Long runs",
    "Written by `deno task soak`, from `soak.json`; `--cases '[]'` writes it again.",
    findingsTable(entries, "markdown"),
    ...hasFigure
      ? [
        "A course is looked at in 25 stretches of equal length, without the first five, in which " +
        "memory settles: at the median of a step's time, and at the memory when garbage has just " +
        "been collected. The slope is the median of those of all pairs of these, which one jump " +
        "does not tilt. Its interval is a bootstrap of the stretches. Memory is judged by the upper " +
        "end of the interval. Time is the processor's, which waits for no other program, but is " +
        "longer while others on the machine are busy: it is judged by the slope itself.",
        "![Memory and time of a step](soak.svg)",
      ]
      : [],
    ...Object.entries(entries).map(([name, entry]) => `- _${name}_: ${provenance(entry)}`),
  ].join("\n\n") + "\n";
}

function provenance({ title, seconds, config, backend, versions, system, commit, date }: Entry) {
  const settings = Object.entries(config).map(([name, value]) => `${name} ${value}`).join(", ");
  const known = Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ");
  return `${title}; took ${formatDuration(seconds)} on ${date.slice(0, 10)}. ${settings}. ` +
    `${backend}; ${known}; ${system.processor}; commit ${commit?.slice(0, 12) ?? "unknown"}.`;
}
