/** `sample --x … --y …`: images over one or two options, from the same noise. */
import { basename, join } from "node:path";
import { type Image, writePng } from "specialist/data";
import { sample } from "specialist/diffusion";
import { type GridAxis, xyGrid } from "specialist/figures";
import { obtainModel } from "specialist/internal/runtime/hub/mod.ts";
import {
  createProgress,
  gitCommit,
  libraryVersions,
  writeAtomically,
} from "specialist/internal/runtime/mod.ts";
import { tf, useBackend } from "specialist/internal/tensor/mod.ts";
import {
  disposeAdditions,
  loadStableDiffusion,
  type StableDiffusion,
  withAdditions,
} from "specialist/models";
import type { SampleConfig } from "../commands/options.ts";
import { type Axis, gridOf } from "./grid_cells.ts";
import { samplesFile, samplesFolder } from "./samples_folder.ts";

/** Draws a grid for each prompt. A cell's settings are those given, with one value of each option. */
export async function runSampleGrid(config: SampleConfig, signal?: AbortSignal): Promise<void> {
  const output = await samplesFolder(config);
  const { x, y, cells } = gridOf(config);
  const grids = cells[0][0].prompts.length;
  const backend = await useBackend({ batch: grids });
  console.log(`Computing with ${backend}`);
  const images = await drawCells(cells, signal);
  await Deno.mkdir(output, { recursive: true });
  const titles = { x: titleOf(x), y: titleOf(y) };
  const files: string[] = [];
  for (let prompt = 0; prompt < grids; prompt++) {
    const file = join(output, grids === 1 ? "grid.png" : `grid-${prompt + 1}.png`);
    await writePng(file, await xyGrid(titles, images.map((row) => row.map((own) => own[prompt]))));
    files.push(file);
    for (const [y, row] of images.entries()) {
      for (const [x, own] of row.entries()) {
        const name = grids === 1 ? `x${x + 1}-y${y + 1}` : `${prompt + 1}-x${x + 1}-y${y + 1}`;
        await writePng(join(output, `${name}.png`), own[prompt]);
      }
    }
  }
  const record = { config, x, y, backend, versions: libraryVersions(), commit: gitCommit() };
  await writeAtomically(samplesFile(output), JSON.stringify(record, null, 2));
  console.log(`${cells.flat().length * grids} images: ${files.join(", ")}`);
}

/** The images of each cell's prompts, [y][x][prompt]. Each model is made once where that is possible. */
async function drawCells(cells: SampleConfig[][], signal?: AbortSignal): Promise<Image[][][]> {
  const progress = createProgress({
    label: "Drawing",
    total: cells.flat().reduce(
      (sum, { prompts, sampling }) => sum + prompts.length * sampling.steps,
      0,
    ),
    unit: "denoising steps",
  });
  const images: Image[][][] = cells.map((row) => row.map(() => []));
  const places = cells.flatMap((row, y) => row.map((cell, x) => ({ x, y, cell })));
  const ofOneModel = Map.groupBy(
    places,
    ({ cell: { model, lora, loraScale, embedding } }) =>
      JSON.stringify([model, lora, loraScale, embedding]),
  );
  let base: { name: string; model: StableDiffusion } | undefined;
  let done = 0;
  try {
    for (const group of ofOneModel.values()) {
      const [{ cell: { model: name, ...additions } }] = group;
      if (base?.name !== name) {
        if (base) disposeModel(base.model);
        base = { name, model: await loadStableDiffusion(await obtainModel(name, signal)) };
      }
      const { model } = await withAdditions(base.model, additions);
      for (const { x, y, cell: { prompts, negativePrompt, sampling, seed } } of group) {
        const own = prompts.length * sampling.steps;
        images[y][x] = await sample(model, {
          prompts,
          negativePrompts: prompts.map(() => negativePrompt),
          ...sampling,
          seed,
          signal,
          // Some samplers take more calls of the model than steps.
          onStep: (calls, all) => progress.update(done + Math.round(own * calls / all)),
        });
        done += own;
      }
      disposeAdditions(base.model, model);
    }
    return images;
  } finally {
    progress.stop();
  }
}

function disposeModel({ unet, textEncoder, vae }: StableDiffusion): void {
  tf.dispose([unet.params, textEncoder.params, vae.params]);
}

/** The option as a grid shows it: without its group, files without their folders. */
function titleOf(axis: Axis | undefined): GridAxis | undefined {
  if (!axis) return undefined;
  const inWords = (value: unknown): string =>
    Array.isArray(value)
      ? value.map(inWords).join(", ")
      : typeof value === "string" && axis.path !== "prompts"
      ? basename(value)
      : `${value}`;
  const name = axis.path.split(".").at(-1)!;
  return { name: name === "prompts" ? "" : name, values: axis.values.map(inWords) };
}
