/** A sweep as plain data: a base configuration and axes that vary it. */
import { z } from "zod";
import type { Method, trainSchema } from "specialist";
import { assign, isObject } from "specialist/internal/runtime/mod.ts";

const patchSchema = z.custom<Patch>(
  isObject,
  "must be an object with fields of an adaptation",
);

/** What a choice sets; a function is given what the base and the axes before it have set. */
export type ChoicePatch = Patch | ((before: Patch) => Patch);

const choicePatchSchema = z.custom<ChoicePatch>(
  (value) => typeof value === "function" || patchSchema.safeParse(value).success,
  "must be an object with fields of an adaptation, or a function that returns one",
);

const axisSchema = z.strictObject({
  name: z.string().min(1).describe("Head of its column"),
  choices: z.array(z.strictObject({
    label: z.string().min(1).describe("Its name in tables"),
    patch: choicePatchSchema.describe("What it sets"),
  })).min(1),
});

const axesSchema = z.array(axisSchema).min(1).refine(
  (axes) => new Set(axes.map(({ name }) => name)).size === axes.length,
  "two axes have the same name",
);

/** The default export of a sweep file. */
export const sweepDefinitionSchema = z.strictObject({
  title: z.string().min(1).describe("Head of its table"),
  base: patchSchema.describe("The settings that all runs share; defaults fill in the rest"),
  axes: axesSchema.describe("A run for each combination of their choices; the last varies fastest"),
  baseline: z.string().min(1).optional().describe(
    "Label, in the first axis, of the base model itself; its scores are those before adaptation",
  ),
  reference: z.string().min(1).optional().describe(
    "Label of the row that all others are compared with; the first by default",
  ),
  quick: z.strictObject({
    base: patchSchema.default({}).describe("Laid over the base"),
    axes: axesSchema.optional().describe("In place of the axes"),
  }).optional().describe("What --quick changes"),
});

export type Axis = z.infer<typeof axisSchema>;
export type Sweep = z.infer<typeof sweepDefinitionSchema>;

/**
 * A grid of adaptations.
 *
 * ```ts
 * export default defineSweep({
 *   title: "Number of shots",
 *   base: { method: { method: "specialist" } },
 *   axes: [over("shots", [1, 2, 4, 8]), over("style", shippedStyles), over("seed", [0, 1, 2])],
 *   reference: "8",
 * });
 * ```
 */
export function defineSweep(sweep: z.input<typeof sweepDefinitionSchema>): Sweep {
  return sweepDefinitionSchema.parse(sweep);
}

// What a sweep varies.

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
 * An axis over variants, each of which may change several fields; by a function where that depends on what
 * the axes before it have set.
 *
 * ```ts
 * variants("method", {
 *   "full method": {},
 *   "w/o content loss": { method: { contentLoss: { enabled: false } } },
 * });
 * ```
 */
export function variants(name: string, patches: Record<string, ChoicePatch>): Axis {
  return { name, choices: Object.entries(patches).map(([label, patch]) => ({ label, patch })) };
}

// Parts of a run's configuration, laid over one another.

/** A run's fields as they are written down; where it lies is up to the sweep. */
type TrainFields = Omit<z.input<typeof trainSchema>, "output">;

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
export function applyPatch(base: Patch, patch: ChoicePatch): Patch {
  const fields = typeof patch === "function" ? patch(base) : patch;
  return merge(base as Values, fields as Values) as Patch;
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
  return isObject(value) && !isMethod(value as Patch["method"]);
}

// Types of dotted paths, as "method.contentLoss.weight", and of what stands there.

/** The paths of an object's fields, at any depth, in whichever member of a union they are. */
type FieldPath<T> = T extends readonly unknown[] ? never
  : T extends object ? {
      [K in keyof T & string]-?: K | `${K}.${FieldPath<NonNullable<T[K]>>}`;
    }[keyof T & string]
  : never;

/** What may stand at a path. */
type FieldValue<T, P extends string> = P extends `${infer Key}.${infer Rest}`
  ? FieldValue<NonNullable<MemberOf<T, Key>>, Rest>
  : NonNullable<MemberOf<T, P>>;

type MemberOf<T, Key extends string> = T extends unknown ? Key extends keyof T ? T[Key] : never
  : never;
