/** `study`: the report of the study from the stages' summaries, and image grids from their runs. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { type Image, loadEmoji } from "specialist/data";
import { figureSvg } from "specialist/figures";
import { belowRuns } from "specialist/internal/cli/results.ts";
import { blockIn, UserError, writeAtomically } from "specialist/internal/runtime/mod.ts";
import type { StudyConfig } from "../commands/options.ts";
import { loadSweep } from "../sweep/plan.ts";
import { readSummary, type Summary } from "../tables/mod.ts";
import { tablesCommand } from "../tables/tables.ts";
import { contrastTable } from "./contrast_table.ts";
import { drawGrid, grids } from "./grids.ts";
import { cells, regime } from "./parts.ts";
import { type Evidence, predictionsOf } from "./predictions.ts";
import { type StageReport, studyPage } from "./report.ts";
import { emptyStage, reportStage, type StageName, stageTitles } from "./stages.ts";

/** Where the repository has the stages' summaries, of which those below runs/ take the place. */
const committed = "results/study";

/**
 * Writes README.md, contrasts.csv and the figures into the folder of the stages' summaries. What
 * `deno task tables` wrote into the page stays. Image grids are drawn again where all their images are
 * in the runs' folders; otherwise the ones that are there stay.
 *
 * @throws UserError if a summary is damaged, or its runs were computed with different backends
 */
export async function runStudy({ output, runs }: StudyConfig): Promise<void> {
  const folders = output === belowRuns(committed) ? [output, committed] : [output];
  if (folders.every((folder) => !existsSync(folder))) {
    throw new UserError({
      what: "there is no such folder",
      field: "output",
      value: output,
      remedy: "name the folder that has the stages' folders",
    });
  }
  await Deno.mkdir(output, { recursive: true });
  const summaries = new Map<string, Summary>();
  const evidence: Evidence = {};
  const stages: StageReport[] = [];
  for (const name of Object.keys(stageTitles) as StageName[]) {
    const planned = await plannedRuns(name);
    const folder = folders.map((parent) => join(parent, name))
      .find((folder) => existsSync(join(folder, "summary.json")));
    if (folder === undefined) {
      stages.push(emptyStage(name, planned));
      continue;
    }
    const summary = await readSummary(folder);
    summaries.set(name, summary);
    stages.push(reportStage(name, summary, { planned, design: { cells, regime }, evidence }));
  }

  for (const { file, curve } of stages.flatMap(({ figures }) => figures)) {
    await writeAtomically(join(output, file), await figureSvg(curve.figure));
  }
  await drawGrids(summaries, { output, runs });
  const contrasts = stages.flatMap(({ title, contrasts }) =>
    contrasts.map((row) => ({ ...row, name: `${title}: ${row.name}` }))
  );
  await writeAtomically(join(output, "contrasts.csv"), `${contrastTable(contrasts, "csv")}\n`);

  const page = join(output, "README.md");
  const predictions = predictionsOf(evidence);
  const here = ({ file }: { file: string }) => existsSync(join(output, file));
  await writeAtomically(
    page,
    studyPage({
      predictions,
      stages,
      grids: grids.map(({ title, name }) => ({ title, file: gridFile(name) })).filter(here),
      links: [{ title: "What caption retrieval gives", file: "retrieval.md" }].filter(here),
      tables: existsSync(page) ? blockIn(await Deno.readTextFile(page), tablesCommand) : undefined,
    }),
  );
  for (const { id, text, outcome } of predictions) console.log(`${id} ${text} ${outcome}`);
  console.log(`\nReport: ${page}`);
}

/** As the stage's sweep has them; undefined where it is still to be written. */
async function plannedRuns(name: StageName): Promise<number | undefined> {
  const file = join(import.meta.dirname!, `${name}.ts`);
  if (!existsSync(file)) return undefined;
  const { axes } = await loadSweep(file, false);
  return axes.reduce((product, { choices }) => product * choices.length, 1);
}

const gridFile = (name: string) => `${name}.webp`;

async function drawGrids(
  summaries: ReadonlyMap<string, Summary>,
  { output, runs }: StudyConfig,
): Promise<void> {
  for (const { name, title, stage, rows } of grids) {
    const summary = summaries.get(stage);
    if (!summary) continue;
    const found = rows(summary);
    if (found.length === 0) continue;
    const grid = await drawGrid(summary, found, { runs, emoji: await loadEmoji() });
    if ("missing" in grid) {
      console.log(`${title}: not drawn, ${grid.missing} images are not in ${runs}`);
    } else {
      await writeAtomically(join(output, gridFile(name)), await webp(grid));
    }
  }
}

function webp({ width, height, data }: Image): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: 3 } }).webp({ quality: 88 }).toBuffer();
}
