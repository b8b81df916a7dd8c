/** Whether as little as possible is to be trained and drawn: so that a test sees every cell work. */
export const isFast = Deno.env.get("SPECIALIST_FAST") === "1";

/** A number of steps, or fewer where only it matters that they work. */
export function stepsOf(steps: number, fewest: number): number {
  return isFast ? Math.min(steps, fewest) : steps;
}
