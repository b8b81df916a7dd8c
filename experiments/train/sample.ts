/** Draws images from prompts. */
import { join } from "node:path";
import { writePng } from "specialist/data";
import { sample } from "specialist/diffusion";
import { labelledGrid, readableCell } from "specialist/figures";
import { obtainModel } from "specialist/internal/runtime/hub/mod.ts";
import {
  createProgress,
  gitCommit,
  libraryVersions,
  type Progress,
  writeAtomically,
} from "specialist/internal/runtime/mod.ts";
import { useBackend } from "specialist/internal/tensor/mod.ts";
import { loadStableDiffusion, type StableDiffusion, withAdditions } from "specialist/models";
import type { SampleConfig } from "../commands/options.ts";
import { samplesFile, samplesFolder } from "./samples_folder.ts";

export async function runSample(config: SampleConfig, signal?: AbortSignal): Promise<void> {
  const { prompts, negativePrompt, count, seed, sampling } = config;
  const output = await samplesFolder(config);
  const backend = await useBackend({ batch: prompts.length * count });
  console.log(`Computing with ${backend}`);
  const model = await loadModel(config, signal);
  const repeated = prompts.flatMap((prompt) => Array<string>(count).fill(prompt));
  let progress: Progress | undefined;
  const images = await sample(model, {
    prompts: repeated,
    negativePrompts: repeated.map(() => negativePrompt),
    ...sampling,
    seed,
    signal,
    onBatch(_, total) {
      progress ??= createProgress({ label: "Drawing", total, unit: "denoising steps" });
    },
    onStep: (done) => progress?.update(done),
  }).finally(() => progress?.stop());
  await Deno.mkdir(output, { recursive: true });
  for (const [i, image] of images.entries()) {
    await writePng(join(output, `${`${i}`.padStart(4, "0")}.png`), image);
  }
  const grid = join(output, "grid.png");
  await writePng(
    grid,
    await labelledGrid({
      columns: Array.from({ length: count }, (_, i) => [count === 1 ? "" : `image ${i + 1}`]),
      rows: prompts.map((label, i) => ({
        label,
        images: images.slice(i * count, (i + 1) * count),
      })),
      labelWidth: 220,
      cell: readableCell(images[0]),
    }),
  );
  const record = {
    config,
    prompts: repeated,
    backend,
    versions: libraryVersions(),
    commit: gitCommit(),
  };
  await writeAtomically(samplesFile(output), JSON.stringify(record, null, 2));
  console.log(`${images.length} images: ${grid}`);
}

/** The model with what is added to it. */
async function loadModel(
  { model, ...additions }: SampleConfig,
  signal?: AbortSignal,
): Promise<StableDiffusion> {
  const base = await loadStableDiffusion(await obtainModel(model, signal));
  return (await withAdditions(base, additions)).model;
}
