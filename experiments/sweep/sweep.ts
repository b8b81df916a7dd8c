import { z } from "zod";
import type { Patch } from "./patch.ts";

const patchSchema = z.custom<Patch>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "must be an object with fields of an adaptation",
);

const axisSchema = z.strictObject({
  name: z.string().min(1).describe("Head of its column"),
  choices: z.array(z.strictObject({
    label: z.string().min(1).describe("What the tables call it"),
    patch: patchSchema.describe("What it sets"),
  })).min(1),
});

const axesSchema = z.array(axisSchema).min(1).refine(
  (axes) => new Set(axes.map(({ name }) => name)).size === axes.length,
  "two axes have the same name",
);

/** What a file given to `deno task sweep` has as its default export. */
export const sweepDefinitionSchema = z.strictObject({
  title: z.string().min(1).describe("Head of its table"),
  base: patchSchema.describe("What all runs share; defaults fill in the rest"),
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
