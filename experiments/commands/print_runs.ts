/** Runs as text or JSON: a list, one of them, two of them compared. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  additionFiles,
  compareRuns,
  findRun,
  findRuns,
  type RunRow,
  runRow,
  type RunScoreName,
  runScores,
} from "specialist";
import { scoreTable, signed } from "specialist/figures";
import {
  type Column,
  formatBytes,
  formatDuration,
  isObject,
  renderTable,
} from "specialist/internal/runtime/mod.ts";
import { resultsOf } from "specialist/runs.ts";

type Form = { json?: boolean };

/** @throws UserError where a condition or the order names what no run has */
export async function printRuns(
  folder: string,
  { where, sort, json }: Form & { where: string[]; sort?: string },
): Promise<void> {
  const rows = await findRuns(folder, { where, sort });
  if (json) return printJson(rows);
  if (rows.length === 0) {
    return console.log(where.length > 0 ? `no such runs in ${folder}` : `no runs in ${folder}`);
  }
  console.log(renderTable(rows, columnsOf(rows)));
}

/** Scores that no run of the list has get no column. */
function columnsOf(rows: readonly RunRow[]): Column<RunRow>[] {
  const scores = (Object.keys(runScores) as RunScoreName[]).filter((name) =>
    rows.some((row) => row.scores[name] !== undefined)
  );
  return [
    { title: "run", value: ({ id }) => id },
    { title: "status", value: ({ status }) => status },
    { title: "style", value: ({ style = "" }) => style },
    { title: "method", value: ({ method }) => method },
    { title: "rate", value: ({ rate }) => rate?.toString() ?? "", align: "right" },
    { title: "steps", value: stepsOf, align: "right" },
    ...scores.map((name): Column<RunRow> => ({
      title: name === "style" ? "scores.style" : name,
      value: ({ scores }) => minus(scores[name]?.toFixed(name === "content" ? 2 : 3) ?? ""),
      align: "right",
    })),
    {
      title: "duration",
      value: ({ seconds }) => seconds === undefined ? "" : formatDuration(seconds),
      align: "right",
    },
    { title: "started", value: ({ startedAt = "" }) => startedAt.slice(0, 16).replace("T", " ") },
  ];
}

/** "200", or "120 / 200" of a run that is not finished. */
function stepsOf({ status, steps, done }: RunRow): string {
  if (steps === undefined) return `${done ?? ""}`;
  return status === "finished" ? `${steps}` : `${done ?? 0} / ${steps}`;
}

/** @throws UserError where there is no such run */
export async function printRun(
  name: string,
  { folder, json }: Form & { folder: string },
): Promise<void> {
  const run = await findRun(name, folder);
  const { record } = run;
  if (json) return printJson({ ...runRow(run), record });
  const row = runRow(run);
  const facts: [string, string][] = [
    ["status", record.error ? `${row.status}: ${record.error}` : row.status],
    ...row.style ? [["style", row.style] as [string, string]] : [],
    ["method", row.method],
    ["steps", stepsOf(row)],
    ["seed", `${row.seed}`],
    [
      "attempts",
      record.attempts.map(({ startedAt, fromStep, seconds }) =>
        `${startedAt.slice(0, 16).replace("T", " ")} from step ${fromStep}, ` +
        (seconds === undefined ? "killed or still at work" : formatDuration(seconds))
      ).join("; "),
    ],
    ["backend", record.attempts.at(-1)?.backend ?? ""],
    ["commit", record.attempts.at(-1)?.commit ?? "unknown"],
    ["versions", Object.entries(record.versions).map((entry) => entry.join(" ")).join(", ")],
  ];
  console.log(`${record.id}\n`);
  console.log(renderFields(facts));
  console.log(`\nSettings\n${renderFields(flattened(record.config))}`);
  const results = resultsOf(record);
  if (results) {
    const { scores, subjects, trainingSeconds, peakMemoryBytes } = results;
    console.log(`\nScores of ${subjects} concepts\n${scoreTable(scores)}`);
    console.log(
      `\nTrained for ${formatDuration(trainingSeconds)}; at most ${formatBytes(peakMemoryBytes)} ` +
        "of memory",
    );
  }
  const files = ["report.html", "grid.png", "model", ...Object.values(additionFiles)]
    .map((file) => join(run.folder, file)).filter((file) => existsSync(file));
  console.log(`\n${[run.folder, ...files].join("\n")}`);
}

/** @throws UserError where there is no such run */
export async function printDifference(
  a: string,
  b: string,
  { folder, json }: Form & { folder: string },
): Promise<void> {
  const [one, other] = [await findRun(a, folder), await findRun(b, folder)];
  const difference = compareRuns(one, other);
  if (json) return printJson(difference);
  const { settings, scores } = difference;
  const [left, right] = [`A: ${one.record.id}`, `B: ${other.record.id}`];
  console.log(
    settings.length === 0
      ? `${left} and ${right} have the same settings, versions and data`
      : renderTable(settings, [
        { title: "setting", value: ({ field }) => field },
        { title: left, value: ({ a }) => inWords(a) },
        { title: right, value: ({ b }) => inWords(b) },
      ]),
  );
  if (scores.length === 0) {
    return console.log("\nNot both have results: there is no score to compare");
  }
  const shared = scores.find(({ concepts }) => concepts !== undefined)?.concepts;
  console.log(`\n${
    renderTable(scores, [
      { title: "score", value: ({ title }) => title },
      { title: "better", value: ({ better }) => better },
      { title: "A", value: ({ a }) => minus(a.toFixed(3)), align: "right" },
      { title: "B", value: ({ b }) => minus(b.toFixed(3)), align: "right" },
      {
        title: "B − A, 95 % interval",
        value: ({ difference }) =>
          difference ? `${signed(difference.low)} to ${signed(difference.high)}` : "",
        align: "right",
      },
    ])
  }`);
  if (shared) {
    console.log(
      `\nOn the ${shared} concepts of both. Intervals are for other concepts drawn by the same two runs.`,
    );
  }
}

/** Each value of a configuration, by its path. */
function flattened(value: unknown, path: string[] = []): [string, string][] {
  if (Array.isArray(value) && value.some((item) => typeof item === "object" && item !== null)) {
    return value.flatMap((item, i) => flattened(item, [...path, `${item?.name ?? i}`]));
  }
  if (isObject(value)) {
    // A part's name is in its path already.
    return Object.entries(value).filter(([key, inner]) => key !== "name" || inner !== path.at(-1))
      .flatMap(([key, inner]) => flattened(inner, [...path, key]));
  }
  return [[path.join("."), inWords(value)]];
}

function renderFields(fields: readonly [string, string][]): string {
  const width = Math.max(...fields.map(([name]) => name.length));
  return fields.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join("\n");
}

/** Not more of a value than a line holds. */
const maxLength = 60;

function inWords(value: unknown): string {
  if (value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
}

function minus(text: string): string {
  return text.replace("-", "−");
}

function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2));
}
