import { join } from "node:path";
import { emojiTraining } from "../presets/mod.ts";
import { useBackend } from "../tensorflow/mod.ts";
import { display, isNotebook } from "./display.ts";
import { plotlyLoader } from "./plotly_page.ts";

const project = join(import.meta.dirname!, "..", "..");

/**
 * Says what computes, and gives the notebook's page what its figures are drawn with. From then on paths
 * are relative to the project's folder, as on the command line, wherever the notebook lies.
 */
export async function startNotebook(): Promise<void> {
  Deno.chdir(project);
  console.log(`Computing with ${await useBackend({ batch: emojiTraining.batchSize })}`);
  if (isNotebook()) await display({ "text/html": await plotlyLoader() });
}
