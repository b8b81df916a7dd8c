/** Everything that a run needs to resume: weights, optimizer, moving average, and progress. */
import { join } from "node:path";
import { z } from "zod";
import { readJson, UserError, writeAtomically } from "../internal/runtime/mod.ts";
import { readNumbers, tf } from "../internal/tensor/mod.ts";
import { type ArrayToWrite, openSafetensors, writeSafetensors } from "../models/mod.ts";
import type { Variables } from "./optimizer.ts";

const stateSchema = z.strictObject({
  step: z.int().min(0),
  skipped: z.int().min(0).default(0),
});

/** Groups of variables by what they are for: "weights", "optimizer", "ema". */
type VariableGroups = Record<string, Variables>;

type Progression = {
  step: number;
  /** Those of these steps that moved nothing. */
  skipped: number;
};

/** Writes the state into `folder`, which exists; one tensor after the other, as it is read too. */
export async function writeTrainingState(
  folder: string,
  groups: VariableGroups,
  progression: Progression,
): Promise<void> {
  for (const [group, variables] of Object.entries(groups)) {
    const arrays: Record<string, ArrayToWrite> = {};
    for (const [name, variable] of Object.entries(variables)) {
      arrays[name] = {
        shape: variable.shape,
        dtype: "F32",
        fill: (numbers) => readNumbers(() => variable.read(), numbers),
      };
    }
    await writeSafetensors(join(folder, `${group}.safetensors`), arrays);
  }
  await writeAtomically(join(folder, "state.json"), JSON.stringify(progression));
}

/** Sets the variables to the state in `folder`. @throws UserError naming a file that does not fit */
export async function readTrainingState(
  folder: string,
  groups: VariableGroups,
): Promise<Progression> {
  for (const [group, variables] of Object.entries(groups)) {
    const path = join(folder, `${group}.safetensors`);
    using file = await openSafetensors(path);
    const entries = new Map(file.entries.map((entry) => [entry.name, entry]));
    for (const [name, variable] of Object.entries(variables)) {
      const entry = entries.get(name);
      if (entry?.dtype !== "F32" || `${entry.shape}` !== `${variable.shape}`) {
        throw misfit(path, name);
      }
      tf.tidy(() => variable.assign(tf.tensor(file.read(entry).data, variable.shape)));
    }
  }
  return await readJson(join(folder, "state.json"), stateSchema);
}

function misfit(file: string, name: string): UserError {
  return new UserError({
    what: `the checkpoint has no ${name} of the shape and type that this run has`,
    file,
    remedy: "remove the run's folder to start it again",
  });
}
