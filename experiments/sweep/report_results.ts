/** What a sweep has found out: its summary, tables and figures. */
import { join } from "node:path";
import { UserError } from "specialist/errors/mod.ts";
import { writeSummary, writeTables } from "../tables/mod.ts";
import type { CollectConfig } from "./config.ts";
import { refuseFailures } from "./failures.ts";
import type { Plan, PlannedRun } from "./plan.ts";
import type { RunState } from "./run_state.ts";
import { summaryOf } from "./summary.ts";

/**
 * Writes the summary of the finished runs, and the tables and figures that are made of it; prints the
 * table of all scores. The same runs give the same files.
 *
 * @throws UserError where no run has ended; Error where some have failed
 */
export async function reportResults(
  plan: Plan,
  states: ReadonlyMap<PlannedRun, RunState>,
  { output = join("results", plan.name) }: Pick<CollectConfig, "output">,
): Promise<void> {
  const summary = summaryOf(plan, states);
  if (summary) {
    await writeSummary(output, summary);
    console.log(`\n${(await writeTables(output, summary)).table}\n`);
    console.log(`Results: ${output}`);
    if (plan.reference !== undefined && plan.reference !== summary.reference) {
      console.log(`No run of ${plan.reference} is finished: compared with ${summary.reference}`);
    }
  }

  refuseFailures(states);
  if (summary) return;
  throw new UserError({
    what: "no run of this sweep is finished",
    file: plan.file,
    remedy: "wait for one, or start the sweep",
  });
}
