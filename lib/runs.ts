/** Runs that were done: which there are, and what each of them scored. */
import { basename, dirname, resolve } from "node:path";
import { mean } from "simple-statistics";
import { type RunResult, runResultSchema, type ScoreInfo } from "./evaluation/mod.ts";
import {
  didYouMean,
  findRunRecord,
  listRuns,
  type RunRecord,
  runsFolder,
  UserError,
} from "./internal/runtime/mod.ts";

/** A run in one line. */
export type RunRow = {
  id: string;
  status: RunRecord["status"];
  /** A shipped style's name, or what a style of one's own is called; runs of other kinds have none. */
  style?: string;
  /** The method, or another kind of run. */
  method: string;
  shots?: number;
  seed: number | string;
  /** The learning rate's peak. */
  rate?: number;
  /** All optimizer steps, and those that the last checkpoint has. */
  steps?: number;
  done?: number;
  /** Of the adapted model, by name; none of a run that is not finished. */
  scores: Partial<Record<RunScoreName, number>>;
  /** All attempts together, without those that were killed. */
  seconds?: number;
  startedAt?: string;
  folder: string;
};

/** The scores that runs are listed with, and in which direction they are better. */
export const runScores = {
  likeness: "higher",
  kid: "lower",
  content: "higher",
  style: "higher",
  memorisation: "lower",
  drift: "lower",
} as const satisfies Record<string, ScoreInfo["better"]>;

export type RunScoreName = keyof typeof runScores;

/** A run's record, and the folder that it is in. */
export type FoundRun = { folder: string; record: RunRecord };

/** A run in one line. */
export function runRow({ folder, record }: FoundRun): RunRow {
  const { id, kind, status, seed, config, attempts, checkpointStep, datasets } = record;
  const { style, styleWords, shots, method, training } = config as Settings;
  const timed = attempts.flatMap(({ seconds }) => seconds === undefined ? [] : [seconds]);
  const own = training && datasets.style && `own images ${datasets.style.slice(0, 8)}`;
  return dropUndefined({
    id,
    status,
    style: style ?? styleWords ?? (own || undefined),
    method: method?.name ?? kind,
    shots,
    seed,
    rate: training?.learningRate?.peak,
    steps: training?.steps,
    done: status === "finished" ? training?.steps : checkpointStep,
    scores: scoresOf(record),
    seconds: timed.length > 0 ? timed.reduce((sum, seconds) => sum + seconds, 0) : undefined,
    startedAt: attempts[0]?.startedAt,
    folder,
  });
}

/** What `config` of a training run has, as far as it is listed. */
type Settings = {
  style?: string;
  styleWords?: string;
  shots?: number;
  method?: { name?: string };
  training?: { steps?: number; learningRate?: { peak?: number } };
};

function dropUndefined<T extends object>(row: T): T {
  return Object.fromEntries(
    Object.entries(row).filter(([, value]) => value !== undefined),
  ) as T;
}

function scoresOf(record: RunRecord): RunRow["scores"] {
  const result = resultsOf(record);
  if (!result) return {};
  const { scores, after, drift } = result;
  const known = new Map<string, number>(scores.map(({ name, after }) => [name, after]));
  const style = after.concepts.style;
  return dropUndefined({
    likeness: known.get("truth"),
    kid: known.get("kid"),
    content: known.get("content"),
    // Runs of earlier versions have these in another place only.
    style: known.get("style") ?? (style && mean(style)),
    memorisation: known.get("memorisation"),
    drift: known.get("drift") ?? mean(drift.values),
  });
}

/** The results of a finished training run; undefined for other runs. */
export function resultsOf({ results }: RunRecord): RunResult | undefined {
  return runResultSchema.safeParse(results).data;
}

export type RunQuery = {
  /**
   * Conditions that must all hold, as `style=openmoji`, `steps>=200`, `method~lora` or
   * `training.batchSize!=8`: a column, a score, or a field of the run's configuration.
   */
  where?: readonly string[];
  /**
   * A column or a score: scores from best to worst, all others from the least. With a minus before it,
   * the other way around.
   */
  sort?: string;
};

/**
 * The runs directly below a folder, oldest first.
 *
 * ```ts
 * const rows = await findRuns("runs", { where: ["style=openmoji", "content>20"], sort: "likeness" });
 * ```
 *
 * @throws UserError where a condition or the order names what no run has
 */
export async function findRuns(
  folder: string = runsFolder(),
  { where = [], sort }: RunQuery = {},
): Promise<RunRow[]> {
  const runs = (await listRuns(folder)).map((found) => ({ ...found, row: runRow(found) }));
  const conditions = where.map(parseCondition);
  const names = [...conditions.map(({ field }) => field), ...sort ? [bare(sort)] : []];
  for (const name of names) requireKnown(name, runs);
  const kept = runs.filter((run) =>
    conditions.every(({ field, holds }) => holds(valueOf(run, field)))
  );
  if (sort) kept.sort(orderBy(sort));
  return kept.map(({ row }) => row);
}

type Listed = FoundRun & { row: RunRow };

/** What a list's columns are called, where the field has another name. */
const columnFields: Record<string, keyof RunRow> = {
  run: "id",
  duration: "seconds",
  started: "startedAt",
};

/** A column, else a score, else a field of the configuration. */
function valueOf({ row, record }: Listed, field: string): unknown {
  const columns: Record<string, unknown> = { ...row.scores, ...row };
  const column = columnFields[field] ?? field;
  if (column in columns && column !== "scores") return columns[column];
  const path = field.split(".");
  const start = path[0] === "scores" ? row : record.config;
  return path.reduce<unknown>(
    (inner, key) => (inner as Record<string, unknown> | undefined)?.[key],
    start,
  );
}

function requireKnown(field: string, runs: readonly Listed[]): void {
  if (runs.length === 0 || runs.some((run) => valueOf(run, field) !== undefined)) return;
  const columns = new Set(
    runs.flatMap(({ row }) => [...Object.keys(row), ...Object.keys(row.scores)]),
  );
  columns.delete("scores");
  throw new UserError({
    what: `no run has "${field}"${didYouMean(field, [...columns])}`,
    remedy:
      `choose from ${[...columns].join(", ")}, scores.style, or a field of the configuration, ` +
      "as training.batchSize",
  });
}

type Condition = { field: string; holds(value: unknown): boolean };

function parseCondition(text: string): Condition {
  const [, field, sign, wanted] = /^\s*([\w.]+)\s*(!=|>=|<=|=|>|<|~)\s*(.*?)\s*$/.exec(text) ?? [];
  if (field === undefined) {
    throw new UserError({
      what: "a condition must be FIELD, a sign (= != < <= > >= ~) and a value",
      field: "where",
      value: text,
      remedy: "write it like style=openmoji or content>20",
    });
  }
  return { field, holds: (value) => value !== undefined && compares(sign, value, wanted) };
}

/** "~" is for a part of a text. */
function compares(sign: string, value: unknown, wanted: string): boolean {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const areNumbers = typeof value === "number" && wanted !== "" && !Number.isNaN(Number(wanted));
  const [a, b] = areNumbers ? [value, Number(wanted)] : [text.toLowerCase(), wanted.toLowerCase()];
  switch (sign) {
    case "=":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    default:
      return text.toLowerCase().includes(wanted.toLowerCase());
  }
}

const bare = (sort: string) => sort.replace(/^-/, "");

/** Runs that lack the value come last. */
function orderBy(sort: string): (a: Listed, b: Listed) => number {
  const field = bare(sort);
  const score = field.replace(/^scores\./, "");
  const isScore = score in runScores && (field !== "style");
  const bestFirst = isScore && runScores[score as RunScoreName] === "higher" ? -1 : 1;
  const sign = sort.startsWith("-") ? -bestFirst : bestFirst;
  return (x, y) => {
    const [a, b] = [valueOf(x, field), valueOf(y, field)];
    if (a === undefined || b === undefined) {
      return Number(a === undefined) - Number(b === undefined);
    }
    if (typeof a === "number" && typeof b === "number") return sign * (a - b);
    return sign * String(a).localeCompare(String(b));
  };
}

/**
 * The run of an id, of the start of one that no other has, or in a folder.
 *
 * @param folder of the runs
 * @throws UserError where there is none, or several
 */
export async function findRun(name: string, folder: string = runsFolder()): Promise<FoundRun> {
  const isFolder = await findRunRecord(name) !== undefined;
  const parent = isFolder ? dirname(resolve(name)) : folder;
  const runs = await listRuns(parent);
  const isNamed = ({ folder, record }: FoundRun) =>
    isFolder ? basename(folder) === basename(resolve(name)) : record.id === name;
  const found = runs.find(isNamed);
  if (found) return found;
  const starting = runs.filter(({ record }) => record.id.startsWith(name));
  if (starting.length === 1) return starting[0];
  const ids = runs.map(({ record }) => record.id);
  throw new UserError({
    what: starting.length > 1
      ? `${starting.length} runs begin with "${name}": ${
        starting.map(({ record }) => record.id).join(", ")
      }`
      : `there is no run "${name}" in ${folder}${didYouMean(name, ids)}`,
    remedy: 'name one that "deno task specialist runs" lists, or a run\'s folder',
  });
}
