/** From a grid to the runs that it asks for. */
import { existsSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import {
  completeTrainConfig,
  dataHashes,
  loadStyle,
  type Method,
  presetLayer,
  presetOf,
  runIdentity,
  type TrainConfig,
  trainSchema,
} from "specialist";
import {
  completeConfig,
  hashFile,
  hashFolder,
  overlay,
  readJson,
  reasonOf,
  type RunIdentity,
  runIdOf,
  UserError,
  validate,
  writeAtomically,
} from "specialist/internal/runtime/mod.ts";
import { methodOf } from "specialist/specialist";
import { labelSeparator, repeatedRun } from "../tables/mod.ts";
import type { Selection } from "./config.ts";
import {
  applyPatch,
  type Axis,
  isMethod,
  type Patch,
  type Sweep,
  sweepDefinitionSchema,
} from "./sweep.ts";

/** A run to be done. */
export type PlannedRun = {
  id: string;
  folder: string;
  identity: RunIdentity;
  config: Omit<TrainConfig, "method">;
  method: Method;
  /** The method's fields; none where the sweep's file gives a value, which the run takes from there. */
  methodConfig?: TrainConfig["method"];
  /** Its labels in one line, where it first occurs in the grid. */
  title: string;
  /** Where it is defined. */
  source: MethodSource;
};

/** A combination of the grid's choices. */
export type Point = {
  /** A label for each axis. */
  labels: string[];
  run: PlannedRun;
};

export type Plan = Pick<Grid, "name" | "file" | "title" | "baseline" | "reference"> & {
  /** Names of the axes. */
  axes: string[];
  /** In the grid's order. */
  points: Point[];
  /** Each run once: points that ask for the same share it. */
  runs: PlannedRun[];
};

/**
 * Checks every configuration of a grid and names its runs, before any of them is done.
 *
 * @param parent where the runs' folders lie
 * @throws UserError naming the combination whose configuration is wrong, the data that is missing,
 *   two rows of the same runs, or the reference that is no row
 */
export async function planSweep(grid: Grid, parent: string): Promise<Plan> {
  const hash = { file: memoized(hashFile), folder: memoized(hashFolder) };
  const runs = new Map<string, PlannedRun>();
  const points: Point[] = [];
  for (const { labels, patch } of combinations(grid)) {
    const title = labels.join(" · ");
    const { method, methodConfig, ...config } = completePoint(patch, `${grid.file}, ${title},`);
    await loadStyle(config);
    const datasets = await dataHashes(config, hash);
    const identity = runIdentity({ config, datasets, preset: presetOf(config) }, method, config);
    const id = runIdOf(identity);
    const folder = join(parent, id);
    const source = { file: resolve(grid.file), quick: grid.quick ?? false, title };
    const run = runs.get(id) ??
      {
        id,
        folder,
        identity,
        config: { ...config, output: folder },
        method,
        methodConfig,
        title,
        source,
      };
    runs.set(id, run);
    points.push({ labels, run });
  }
  const { name, file, title, baseline, reference } = grid;
  const axes = grid.axes.map(({ name }) => name);
  const rows = points.map(({ labels, run }) => ({ label: rowLabel(axes, labels), id: run.id }));
  refuseRepeatedRows(grid, rows);
  refuseUnknownReference(grid, rows.map(({ label }) => label));
  return { name, file, title, baseline, reference, axes, points, runs: [...runs.values()] };
}

/** The settings of a combination, the preset's where it has none, and its method. */
function completePoint({ method, ...patch }: Patch, source: string) {
  if (isMethod(method)) {
    const values = overlay([presetLayer(patch, method), { source, values: patch }]);
    const config = completeConfig(trainSchema.omit({ method: true }), values, source);
    return { ...config, method, methodConfig: undefined };
  }
  const { method: methodConfig, ...config } = completeTrainConfig({ ...patch, method }, source);
  return { ...config, method: methodOf(methodConfig), methodConfig };
}

function refuseRepeatedRows({ file }: Grid, rows: { label: string; id: string }[]): void {
  const repeated = repeatedRun(rows);
  if (!repeated) return;
  const [first, second] = repeated.labels;
  throw new UserError({
    what: `two rows ask for the same run: ${first}, ${second}`,
    file,
    field: "axes",
    remedy: `remove one, or have it set something that ${first} does not`,
  });
}

function refuseUnknownReference({ file, baseline, reference }: Grid, rows: string[]): void {
  const known = [...new Set(baseline === undefined ? rows : [baseline, ...rows])];
  if (reference === undefined || known.includes(reference)) return;
  throw new UserError({
    what: "no row has this label",
    file,
    field: "reference",
    value: reference,
    remedy: `choose one of ${known.join(", ")}`,
  });
}

type Combination = { labels: string[]; patch: Patch };

function combinations({ base, axes }: { base: Patch; axes: readonly Axis[] }): Combination[] {
  return axes.reduce<Combination[]>(
    (rows, { choices }) =>
      rows.flatMap(({ labels, patch }) =>
        choices.map((choice) => ({
          labels: [...labels, choice.label],
          patch: applyPatch(patch, choice.patch),
        }))
      ),
    [{ labels: [], patch: base }],
  );
}

function memoized<T>(compute: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
}

/** @throws UserError where the sweep's file or one of its configurations is wrong */
export async function loadPlan({ experiment, quick, runs }: Selection): Promise<Plan> {
  return await planSweep(await loadSweep(experiment, quick), runs);
}

/** A sweep as it was asked for: the whole of it, or its quick form. */
export type Grid = Pick<Sweep, "title" | "baseline" | "reference"> & {
  /** The file's name without its ending; "-quick" follows for the quick form. */
  name: string;
  /** Where it is defined. */
  file: string;
  /** Whether this is its quick form; it is not by default. */
  quick?: boolean;
  base: Patch;
  axes: Axis[];
};

/**
 * Reads the sweep that a file defines.
 *
 * @throws UserError where the file is missing, defines none, or has no quick form and one is wanted
 */
export async function loadSweep(file: string, quick: boolean): Promise<Grid> {
  const sweep = validate(sweepDefinitionSchema, await defaultExport(file), file);
  const { title, base, axes, baseline, reference } = sweep;
  const name = basename(file, extname(file));
  if (!quick) return { name, file, quick, title, base, axes, baseline, reference };
  if (!sweep.quick) {
    throw new UserError({
      what: "this sweep has no quick form",
      file,
      field: "quick",
      remedy: "remove --quick, or add the quick form to the file",
    });
  }
  return {
    name: `${name}-quick`,
    file,
    quick,
    title: `${title} (quick)`,
    base: applyPatch(base, sweep.quick.base),
    axes: sweep.quick.axes ?? axes,
    baseline,
    reference,
  };
}

async function defaultExport(file: string): Promise<unknown> {
  try {
    await Deno.stat(file);
  } catch (cause) {
    throw new UserError({
      what: `cannot read the sweep: ${reasonOf(cause)}`,
      file,
      remedy: "shipped ones are in experiments/, as experiments/small.ts",
    }, { cause });
  }
  const { default: sweep } = await importSweep(file);
  if (sweep !== undefined) return sweep;
  throw new UserError({
    what: "the file has no default export",
    file,
    remedy: "write it as `export default defineSweep({ … })`",
  });
}

/** @throws UserError where the file's code is wrong or throws */
async function importSweep(file: string): Promise<{ default?: unknown }> {
  try {
    return await import(pathToFileURL(resolve(file)).href);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    const [line] = message.replace(/^SyntaxError: /, "").split("\n");
    const [, place = ""] = / at file:\S+?(:\d+:\d+)$/.exec(message) ?? [];
    throw new UserError(
      { what: `the sweep's code cannot be run: ${line}`, file: file + place },
      { cause },
    );
  }
}

// What a sweep puts into a run's folder, next to the run's own record.

/** The run's configuration, as `train --config` reads it; where its method is a value, without it. */
export const configFile = (folder: string) => join(folder, "config.json");

/** Where the run's method comes from, if it is a value: a sweep's file, and the run's title in it. */
export const sourceFile = (folder: string) => join(folder, "source.json");

const sourceSchema = z.strictObject({
  file: z.string().min(1),
  quick: z.boolean(),
  title: z.string().min(1),
});

type MethodSource = z.infer<typeof sourceSchema>;

/** Undefined where the run's configuration has its method. */
export async function readSource(folder: string): Promise<MethodSource | undefined> {
  return existsSync(sourceFile(folder))
    ? await readJson(sourceFile(folder), sourceSchema)
    : undefined;
}

/** What the run's processes wrote to the terminal, one after the other. */
export const logFile = (folder: string) => join(folder, "log.txt");

export async function writeRunConfig(
  { folder, config, methodConfig, source }: PlannedRun,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const write = (file: string, value: unknown) =>
    writeAtomically(file, `${JSON.stringify(value, null, 2)}\n`);
  await write(configFile(folder), { ...config, ...methodConfig && { method: methodConfig } });
  if (!methodConfig) await write(sourceFile(folder), source);
}

/** Axes that a table tells apart by itself; all others together name a row. */
const cellAxes = ["style", "block", "seed"];

/** What a table calls the row of a combination of choices. */
export function rowLabel(axes: readonly string[], labels: readonly string[]): string {
  return labels.filter((_, i) => !cellAxes.includes(axes[i])).join(labelSeparator);
}
