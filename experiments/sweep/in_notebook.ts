import { join } from "node:path";
import { interruptSignal, isFast, openPanel, type Panel } from "specialist/notebook";
import type { Summary } from "../tables/mod.ts";
import { completeSweep } from "./run_sweep.ts";

const root = join(import.meta.dirname!, "..", "..");

/**
 * Does what is left of a sweep, with live progress; a cell that was stopped resumes when it is run again.
 *
 * @param experiment the file that defines it, relative to the project's folder
 */
export async function sweepInNotebook(experiment: string): Promise<Summary> {
  let panel: Promise<Panel> | undefined;
  try {
    return await completeSweep(join(root, experiment), {
      quick: isFast,
      signal: interruptSignal(),
      onProgress(steps, total) {
        panel ??= openPanel({ label: "Sweeping", total, unit: "steps", initial: steps });
        panel.then((panel) => panel.update(steps));
      },
    });
  } finally {
    await (await panel)?.stop();
  }
}
