import type { CollectConfig } from "./config.ts";
import { loadPlan } from "./load_plan.ts";
import { reportResults } from "./report_results.ts";
import { readRunStates } from "./run_state.ts";

/**
 * Makes the table of the runs that are finished.
 *
 * @throws Error where runs have failed
 */
export async function collect(config: CollectConfig): Promise<void> {
  const plan = await loadPlan(config);
  await reportResults(plan, await readRunStates(plan.runs), config);
}
