import { join } from "node:path";
import { UserError } from "../errors/mod.ts";
import { namesIn } from "../files/mod.ts";

const nameOf = (step: number) => `step-${String(step).padStart(8, "0")}`;

export function checkpointFolder(folder: string, step: number): string {
  return join(folder, "checkpoints", nameOf(step));
}

/**
 * Removes every checkpoint, finished or not, but that of `step`.
 *
 * @throws UserError where that one is not there; the others are then kept
 */
export async function keepOnlyCheckpoint(folder: string, step: number | undefined): Promise<void> {
  const parent = join(folder, "checkpoints");
  const names = await namesIn(parent);
  if (step !== undefined && !names.delete(nameOf(step))) {
    throw new UserError({
      what: "the checkpoint that the run's record names is not there",
      file: checkpointFolder(folder, step),
      remedy: "put it back, or remove the run's folder to start it anew",
    });
  }
  for (const name of names) await Deno.remove(join(parent, name), { recursive: true });
}
