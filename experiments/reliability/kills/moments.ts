import { join } from "node:path";
import type { Random } from "specialist/random/mod.ts";
import { listRuns, readMetrics } from "specialist/records/mod.ts";

/** So long after the start of a process, or when its runs have logged so many steps in all. */
export type Moment = { seconds: number } | { steps: number };

export type MomentsOptions = {
  /** How long the work takes undisturbed, and how many steps it logs. */
  seconds: number;
  steps: number;
  /** How many moments there are to be, half of which are spread over the steps. */
  count: number;
};

/** Draws moments in turn by steps after those that are logged, and by seconds, each uniform. */
export function createMoments(
  random: Random,
  { seconds, steps, count }: MomentsOptions,
): (logged: number) => Moment {
  // Half of the furthest way on average, so that `count / 2` moments come to the end together.
  const furthest = Math.ceil(4 * steps / count);
  let turn = 0;
  return (logged) =>
    turn++ % 2 === 0 && logged < steps
      ? { steps: logged + 1 + random.integer(Math.min(furthest, steps - logged)) }
      : { seconds: seconds * random.next() };
}

/** How many steps the runs in a place have logged in all. */
export async function stepsLogged(place: string): Promise<number> {
  let sum = 0;
  for (const { folder } of await listRuns(join(place, "runs"))) {
    sum += (await readMetrics(folder)).at(-1)?.step ?? 0;
  }
  return sum;
}
