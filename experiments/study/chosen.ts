/** Each method's rate and number of steps, chosen for a style on the validation concepts of the others. */
import { join } from "node:path";
import { mean } from "simple-statistics";
import { UserError } from "specialist/internal/runtime/mod.ts";
import { applyPatch, type ChoicePatch, type Patch } from "../sweep/mod.ts";
import { findSummary, labelSeparator, type Summary } from "../tables/mod.ts";
import { candidates } from "./methods_setting.ts";
import { inRegime } from "./setting.ts";

const untuned = {
  file: "runs/results/study/tuning/summary.json",
  remedy: "run deno task sweep experiments/study/tuning.ts first, or use --quick",
};

/** What a method is trained with. */
export type Chosen = { peak: number; steps: number };

/**
 * The rate and steps with the highest mean likeness in the other styles; the fewest steps and the lowest
 * rate among equals.
 *
 * @param summary of the sweep `tuning`, whose rows are labelled "method · rate"
 * @throws UserError where it has no run of the method in another style
 */
export function chosenFor(summary: Summary, method: string, style: string): Chosen {
  const others = summary.runs.filter((run) =>
    run.style !== style && run.label.startsWith(`${method}${labelSeparator}`)
  );
  const scored = Map.groupBy(
    others.flatMap(({ label, curves }) =>
      (curves?.truth ?? []).filter(({ step }) => step > 0).map(({ step, value }) => ({
        peak: Number(label.slice(method.length + labelSeparator.length)),
        steps: step,
        value,
      }))
    ),
    ({ peak, steps }) => JSON.stringify({ peak, steps }),
  );
  const choices = [...scored].map(([key, found]) => ({
    ...JSON.parse(key) as Chosen,
    likeness: mean(found.map(({ value }) => value)),
  })).sort((a, b) => b.likeness - a.likeness || a.steps - b.steps || a.peak - b.peak);
  if (choices.length > 0) return { peak: choices[0].peak, steps: choices[0].steps };
  throw new UserError({
    what: `the settings of ${method} for ${style} have not been tuned`,
    ...untuned,
  });
}

const tuning = await findSummary([join("study", "tuning")]);

/** A method at the settings chosen for the block's style, which the axis before has set. */
export function tuned(name: string, shots: number): ChoicePatch {
  return ({ style }: Patch) => {
    if (!tuning) {
      throw new UserError({
        what: "methods are compared at settings that have not been tuned yet",
        ...untuned,
      });
    }
    const { peak, steps } = chosenFor(tuning, name, style!);
    return applyPatch({ method: candidates[name].method }, inRegime({ shots, steps, peak }));
  };
}
