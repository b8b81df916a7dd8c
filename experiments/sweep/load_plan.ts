import type { Selection } from "./config.ts";
import { loadSweep } from "./load_sweep.ts";
import { type Plan, planSweep } from "./plan.ts";

/** @throws UserError where the sweep's file or one of its configurations is wrong */
export async function loadPlan({ experiment, quick, runs }: Selection): Promise<Plan> {
  return await planSweep(await loadSweep(experiment, quick), runs);
}
