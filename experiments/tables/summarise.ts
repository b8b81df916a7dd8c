/** From finished runs to a table's summary. */
import { isDeepStrictEqual } from "node:util";
import { resultOf, type RunResult } from "specialist/evaluation";
import { type RunRecord, UserError } from "specialist/internal/runtime/mod.ts";
import {
  type Cell,
  repeatedRun,
  type Summary,
  type SummaryRun,
  type Table,
  type TableRun,
} from "./summary.ts";

/** Digits that are kept of each number. */
const digits = 6;

/**
 * @param runs in the order of the rows
 * @throws UserError if a run is not finished or in two rows, two runs have the same place, they are
 * not scored on the same concepts, or no row has the reference's label
 */
export function summarise(table: Table, runs: readonly TableRun[]): Summary {
  const finished = runs.map((run) => ({ ...run, result: resultOf(run.record) }));
  const summaries = [
    ...sharedRuns(
      table.base,
      finished,
      ({ style, seed }) => `${style} ${seed}`,
      ({ before }) => before,
    ),
    ...finished.map(adaptedRun),
    // How near the drawings are to the shots depends on the shots.
    ...sharedRuns(
      table.drawings,
      finished,
      ({ style, shots, seed }) => `${style} ${shots} ${seed}`,
      ({ drawings }) => drawings,
    ),
  ];
  refuseRepeated(runs);
  refuseTwins(summaries.filter(({ label }) => label !== table.drawings));
  refuseOtherConcepts(finished);
  const labels = [...new Set(summaries.map(({ label }) => label))];
  if (!labels.includes(table.reference)) {
    throw new UserError({
      what: "no row has this label",
      field: "reference",
      value: table.reference,
      remedy: `choose one of ${labels.join(", ")}`,
    });
  }
  const [{ result }] = finished;
  return {
    ...table,
    format: 1,
    provenance: provenanceOf(runs.map(({ record }) => record)),
    concepts: result.concepts,
    driftConcepts: result.drift.concepts,
    rows: labels.map((label) => {
      const config = runs.find((run) => run.label === label)?.record.config;
      return { label, ...config && { config } };
    }),
    runs: summaries.map(rounded),
  };
}

type FinishedRun = TableRun & { result: RunResult };

/** What is the same for all runs with one key, each once; nothing without a label. */
function sharedRuns(
  label: string | undefined,
  runs: readonly FinishedRun[],
  keyOf: (run: FinishedRun) => string,
  scoresOf: (result: RunResult) => RunResult["before"] | undefined,
): SummaryRun[] {
  if (label === undefined) return [];
  return Map.groupBy(runs, keyOf).values().toArray().flatMap(
    ([{ style, shots, seed, record, result }]) => {
      const scores = scoresOf(result);
      const backend = backendOf(record);
      return scores ? [{ label, style, shots, seed, id: record.id, backend, ...scores }] : [];
    },
  );
}

function adaptedRun({ label, style, shots, seed, record, result }: FinishedRun): SummaryRun {
  const { phases, trainingSeconds, adapterBytes, peakMemoryBytes } = result;
  const { gradNorm: _norm, losses: _losses, shares: _shares, ...curves } = result.curves;
  return {
    ...{ label, style, shots, seed, id: record.id, backend: backendOf(record) },
    ...(result.skippedSteps && { skippedSteps: result.skippedSteps }),
    ...result.after,
    drift: result.drift.values,
    cost: {
      preparationSeconds: phases.find(({ name }) => name === "Preparing")?.seconds ?? 0,
      trainingSeconds,
      adapterBytes,
      peakMemoryBytes,
    },
    kinds: result.kinds,
    curves,
  };
}

/** Each backend that a run was computed with: one, unless it was resumed on another. */
function backendOf({ attempts }: RunRecord): string {
  return distinct(attempts.map(({ backend }) => backend)).join(", then ");
}

const distinct = <T>(values: T[]) => [...new Set(values)];

function refuseRepeated(runs: readonly TableRun[]): void {
  const repeated = repeatedRun(runs.map(({ label, record }) => ({ label, id: record.id })));
  if (!repeated) return;
  throw new UserError({
    what: `run ${repeated.id} is in two rows: ${repeated.labels.join(", ")}`,
    field: "runs",
    remedy: "remove one of the rows",
  });
}

function refuseTwins(cells: readonly (Cell & { id: string })[]): void {
  const known = new Map<string, string>();
  for (const { label, style, seed, id } of cells) {
    const place = `${label}, ${style}, seed ${seed}`;
    const twin = known.get(place);
    if (twin) {
      throw new UserError({
        what: `runs ${twin} and ${id} have the same place: ${place}`,
        field: "runs",
        remedy: "give them different labels, or remove one",
      });
    }
    known.set(place, id);
  }
}

function refuseOtherConcepts(runs: readonly FinishedRun[]): void {
  const [first] = runs;
  for (const { result, record } of runs) {
    if (
      isDeepStrictEqual(result.concepts, first.result.concepts) &&
      isDeepStrictEqual(result.drift.concepts, first.result.drift.concepts)
    ) continue;
    throw new UserError({
      what: `run ${record.id} is scored on other concepts than ${first.record.id}`,
      field: "evaluation",
      remedy: "compare runs with the same evaluation.split, concepts and curveConcepts",
    });
  }
}

function provenanceOf(records: readonly RunRecord[]): Summary["provenance"] {
  const sorted = (texts: string[]) => distinct(texts).sort();
  const attempts = records.flatMap(({ attempts }) => attempts.slice(-1));
  const finished = records.map(({ finishedAt }) => finishedAt!).sort();
  return {
    versions: sorted(
      records.flatMap(({ versions }) => Object.entries(versions).map((entry) => entry.join(" "))),
    ),
    backends: sorted(attempts.map(({ backend }) => backend)),
    commits: sorted(attempts.map(({ commit }) => commit ?? "unknown")),
    models: sorted(records.map(({ datasets }) => datasets.model)),
    finished: { first: finished[0], last: finished.at(-1)! },
  };
}

/** With no more digits than anybody reads. */
function rounded(run: SummaryRun): SummaryRun {
  return JSON.parse(
    JSON.stringify(
      run,
      (_, value) =>
        typeof value === "number" && !Number.isInteger(value)
          ? Number(value.toPrecision(digits))
          : value,
    ),
  );
}
