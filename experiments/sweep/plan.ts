/** From a grid to the runs that it asks for. */
import { join, resolve } from "node:path";
import {
  dataHashes,
  loadStyle,
  type Method,
  presetFor,
  runIdentity,
  type TrainConfig,
  trainSchema,
} from "specialist";
import { completeConfig } from "specialist/config/mod.ts";
import { UserError } from "specialist/errors/mod.ts";
import { hashFile, hashFolder, type RunIdentity, runIdOf } from "specialist/records/mod.ts";
import { methodOf } from "specialist/specialist/mod.ts";
import { repeatedRun } from "../tables/mod.ts";
import type { Grid } from "./load_sweep.ts";
import { applyPatch, isMethod, type Patch } from "./patch.ts";
import { rowLabel } from "./row_label.ts";
import type { MethodSource } from "./run_files.ts";
import type { Axis } from "./sweep.ts";

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
    const identity = runIdentity({ config, datasets, preset: presetFor(config) }, method, config);
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

/** The settings of a combination, and its method. */
function completePoint({ method, ...patch }: Patch, source: string) {
  if (isMethod(method)) {
    const config = completeConfig(trainSchema.omit({ method: true }), patch, source);
    return { ...config, method, methodConfig: undefined };
  }
  const { method: methodConfig, ...config } = completeConfig(
    trainSchema,
    { ...patch, method },
    source,
  );
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
    remedy: `take one out, or have it set something that ${first} does not`,
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
