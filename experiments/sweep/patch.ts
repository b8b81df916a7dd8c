/** Parts of a run's configuration, laid over one another. */
import type { Method, trainSchema } from "specialist";
import type { z } from "zod";

/** A run's fields as they are written down; where it lies is up to the sweep. */
export type TrainFields = Omit<z.input<typeof trainSchema>, "output">;

/** Some of the fields, at any depth; the method may be a value too, which replaces what was there. */
export type Patch = Omit<DeepPartial<TrainFields>, "method"> & {
  method?: DeepPartial<TrainFields["method"]> | Method;
};

type DeepPartial<T> = T extends readonly unknown[] ? T
  : T extends object ? { [K in keyof T]?: DeepPartial<T[K]> }
  : T;

type Values = Record<string, unknown>;

/** Whether a sweep's method is a value, not a recipe's settings. */
export function isMethod(method: Patch["method"]): method is Method {
  return method !== undefined && "losses" in method && Array.isArray(method.losses);
}

/** `base` with the fields of `patch`; groups are merged, lists, single values and methods replaced. */
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
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !isMethod(value as Patch["method"]);
}
