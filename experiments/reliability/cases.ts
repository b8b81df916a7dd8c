import type { Case } from "./case.ts";

/** What `deno task soak` does: a line each, loaded when it is done. */
export const cases = {
  endurance: async () => (await import("./endurance.ts")).endurance,
  sweep: async () => (await import("./sweep.ts")).sweep,
  kills: async () => (await import("./killed_runs.ts")).killedRuns,
} satisfies Record<string, () => Promise<Case>>;

export type CaseName = keyof typeof cases;

export const caseNames = Object.keys(cases) as [CaseName, ...CaseName[]];
