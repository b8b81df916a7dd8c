/** What a sweep varies. */
import { assign } from "specialist/config/mod.ts";
import type { FieldPath, FieldValue } from "./field_path.ts";
import type { Patch, TrainFields } from "./patch.ts";
import type { Axis } from "./sweep.ts";

/**
 * An axis over values of one field.
 *
 * ```ts
 * over("shots", [1, 2, 4, 8]);
 * over("method.contentLoss.weight", [1e-3, 1e-2]);
 * ```
 */
export function over<P extends FieldPath<TrainFields>>(
  field: P,
  values: readonly FieldValue<TrainFields, P>[],
): Axis {
  const choices = values.map((value) => ({
    label: typeof value === "string" ? value : JSON.stringify(value),
    patch: assign({}, field, value) as Patch,
  }));
  return { name: field, choices };
}

/**
 * An axis over variants, each of which may change several fields.
 *
 * ```ts
 * variants("method", {
 *   "full method": {},
 *   "w/o content loss": { method: { contentLoss: { enabled: false } } },
 * });
 * ```
 */
export function variants(name: string, patches: Record<string, Patch>): Axis {
  return { name, choices: Object.entries(patches).map(([label, patch]) => ({ label, patch })) };
}
