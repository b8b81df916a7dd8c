import type { Patch } from "../sweep/mod.ts";

/** The rows of the paper's ablation, as changes to the full method. */
export const ablationRows = {
  "full method": {},
  "w/o retrieval": { method: { captions: { retrieval: { enabled: false } } } },
  "w/o synonym + retrieval": {
    method: { captions: { retrieval: { enabled: false }, synonyms: { enabled: false } } },
  },
  "w/o content loss": { method: { contentLoss: { enabled: false } } },
  "w/o sparse updating": { method: { timesteps: { mode: "dense" } } },
} satisfies Record<string, Patch>;
