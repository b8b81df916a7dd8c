/** Parts of an adaptation's configuration, laid over one another. */
import type { z } from "zod";
import type { adaptSchema } from "../adapt/config.ts";

/** An adaptation's fields as they are written down; where its run lies is up to the sweep. */
export type AdaptFields = Omit<z.input<typeof adaptSchema>, "output">;

/** Some of the fields, at any depth. */
export type Patch = DeepPartial<AdaptFields>;

type DeepPartial<T> = T extends readonly unknown[] ? T
  : T extends object ? { [K in keyof T]?: DeepPartial<T[K]> }
  : T;

type Values = Record<string, unknown>;

/** `base` with the fields of `patch`; groups are merged, lists and single values replaced. */
export function applyPatch(base: Patch, patch: Patch): Patch {
  return merge(base as Values, patch as Values) as Patch;
}

function merge(base: Values, patch: Values): Values {
  const merged = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    const former = merged[key];
    merged[key] = isGroup(former) && isGroup(value) ? merge(former, value) : value;
  }
  return merged;
}

function isGroup(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
