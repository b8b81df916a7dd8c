import type { CollectConfig } from "./config.ts";
import type { Plan } from "./plan.ts";
import { reportResults } from "./report_results.ts";
import { readRunStates } from "./run_state.ts";

/**
 * Makes the table of the runs that are finished.
 *
 * @throws Error where runs have failed
 */
export async function collect(plan: Plan, config: CollectConfig): Promise<void> {
  await reportResults(plan, await readRunStates(plan.runs), config);
}
