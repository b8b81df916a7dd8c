/** A sweep of which some processes are killed: its table has to be right, and complete in the end. */
import { join } from "node:path";
import { median } from "simple-statistics";
import { summaryOf } from "experiments/sweep/collect.ts";
import { over, variants } from "experiments/sweep/mod.ts";
import { type Plan, type PlannedRun, planSweep } from "experiments/sweep/plan.ts";
import { type LocalOptions, runLocally } from "experiments/sweep/run_locally.ts";
import type { RunState } from "experiments/sweep/run_state.ts";
import { rawTable, statisticsOf, type Summary } from "experiments/tables/mod.ts";
import { createRandom } from "specialist/data";
import { createProgress } from "specialist/internal/runtime/mod.ts";
import type { CaseConfig, Report } from "./report.ts";
import { writeTinyModel } from "./tiny_model.ts";

type States = ReadonlyMap<PlannedRun, RunState>;

/** Does a sweep undisturbed; once more, killing a tenth of its runs; and then those that have failed. */
export async function sweep({ runs, seed }: CaseConfig, signal: AbortSignal): Promise<Report> {
  const folder = await Deno.makeTempDir();
  try {
    const model = join(folder, "base");
    await writeTinyModel(model);
    const undisturbed = await planTiny(model, runs, join(folder, "undisturbed"));
    const disturbed = await planTiny(model, runs, join(folder, "disturbed"));
    const wanted = await carryOut(undisturbed, { label: "Undisturbed", signal });

    const random = createRandom(`${seed} sweep`);
    const doomed = random.shuffle(disturbed.runs).slice(0, Math.round(disturbed.runs.length / 10));
    const usual = median([...wanted.values()].map(secondsOf));
    const killed = await carryOut(disturbed, {
      label: "Killing a tenth",
      signal,
      onStart(run, { kill }) {
        if (doomed.includes(run)) setTimeout(kill, 1000 * usual * random.next());
      },
    });
    const retried = await carryOut(disturbed, { label: "Retrying", signal, retry: true });
    return {
      title: `a sweep of ${disturbed.runs.length} runs, of which ${doomed.length} are killed`,
      findings: findingsOf(
        { plan: undisturbed, states: wanted },
        { plan: disturbed, killed, retried, doomed },
      ),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs that take seconds, of two methods. */
function planTiny(model: string, runs: number, parent: string): Promise<Plan> {
  const seeds = Array.from({ length: Math.ceil(runs / 2) }, (_, seed) => seed);
  return planSweep({
    name: "soak",
    file: import.meta.filename!,
    title: "Soak",
    base: {
      model,
      style: "openmoji",
      training: { steps: 2, batchSize: 2 },
      sampling: { steps: 1, guidanceScale: 1 },
      evaluation: { concepts: 8, curveConcepts: 2 },
    },
    axes: [
      variants("method", {
        "LoRA": { method: { method: "lora" } },
        "textual inversion": { method: { method: "textual_inversion" } },
      }),
      over("seed", seeds),
    ],
  }, parent);
}

async function carryOut(
  { runs }: Plan,
  { label, ...options }: { label: string } & Partial<LocalOptions> & Pick<LocalOptions, "signal">,
): Promise<States> {
  const progress = createProgress({ label, total: runs.length, unit: "runs" });
  try {
    return await runLocally(runs, {
      jobs: 1,
      threads: 1,
      retry: false,
      onChange(states) {
        const [finished, failed] = (["finished", "failed"] as const).map((status) =>
          statesThatAre(status, states).length
        );
        progress.update(finished + failed, { failed });
      },
      ...options,
    });
  } finally {
    progress.stop();
  }
}

function findingsOf(
  wanted: { plan: Plan; states: States },
  { plan, killed, retried, doomed }: {
    plan: Plan;
    killed: States;
    retried: States;
    doomed: readonly PlannedRun[];
  },
): Report["findings"] {
  const failed = statesThatAre("failed", killed);
  const whole = summaryOf(wanted.plan, wanted.states)!;
  const right = scoresOf(whole), between = scoresOf(summaryOf(plan, killed)!);
  const wrong = [...between].filter(([id, scores]) => right.get(id) !== scores);
  const table = summaryOf(plan, retried)!;
  const repeated = statesThatAre("finished", retried)
    .filter(([run, { record }]) => !doomed.includes(run) && record.attempts.length > 1);
  return [
    {
      what: "the runs that were killed have failed, for that reason, and no others",
      measured: `${failed.length} failed`,
      holds: failed.length === doomed.length &&
        failed.every(([run, { error }]) => doomed.includes(run) && error.includes("SIGKILL")),
    },
    {
      what: "the table in between has all other runs, with the undisturbed sweep's scores",
      measured: `${between.size} runs, ${wrong.length} with other scores`,
      holds: between.size === plan.runs.length - doomed.length && wrong.length === 0,
    },
    {
      what: "after --retry the table is complete, and to all digits the undisturbed sweep's",
      measured: `${scoresOf(table).size} runs, ${
        tableOf(table) === tableOf(whole) ? "the same" : "another"
      } table`,
      holds: scoresOf(table).size === plan.runs.length && tableOf(table) === tableOf(whole),
    },
    {
      what: "no finished run is done again",
      measured: `${repeated.length} were`,
      holds: repeated.length === 0,
    },
  ];
}

type StateThatIs<S extends RunState["status"]> = Extract<RunState, { status: S }>;

function statesThatAre<S extends RunState["status"]>(
  status: S,
  states: States,
): [PlannedRun, StateThatIs<S>][] {
  return [...states].filter((entry): entry is [PlannedRun, StateThatIs<S>] =>
    entry[1].status === status
  );
}

/** From the start of its training to its end. */
function secondsOf(state: RunState): number {
  if (state.status !== "finished") throw new Error(`an undisturbed run is ${state.status}`);
  const { attempts: [{ startedAt }], finishedAt } = state.record;
  return (Date.parse(finishedAt!) - Date.parse(startedAt)) / 1000;
}

/** What each run has found out, by its id; times are left out. */
function scoresOf({ runs }: Summary): Map<string, string> {
  return new Map(
    runs.filter(({ cost }) => cost).map(({ id, cost: _cost, curves, ...scores }) => [
      id,
      JSON.stringify([scores, curves?.truth, curves?.clipScore]),
    ]),
  );
}

function tableOf(summary: Summary): string {
  return rawTable(summary.reference, statisticsOf(summary));
}
