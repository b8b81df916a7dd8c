/** The README's image: shots, and what is drawn before and after, cut from the records of the demo. */
import { Buffer } from "node:buffer";
import { Command } from "commander";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { z } from "zod";
import {
  crop,
  type Image,
  readImage,
  readStyleFolder,
  resize,
  shippedStyles,
  styleFolderOf,
} from "specialist/data";
import { resultOf, spread } from "specialist/evaluation";
import {
  comparisonCell,
  comparisonColumns,
  comparisonRows,
  textPath,
  textWidth,
} from "specialist/figures";
import { runProgram } from "specialist/internal/cli/program.ts";
import { belowRuns, updateOption } from "specialist/internal/cli/results.ts";
import {
  dataFile,
  readJson,
  type RunRecord,
  runRecordSchema,
  writeAtomically,
} from "specialist/internal/runtime/mod.ts";

/** Where the repository has the demo's records and the image. */
const demoFolder = join("results", "demo");
const heroFile = "hero.webp";

/** Concepts shown of each style. */
const shown = 4;
const shotsShown = 2 * shown;

// Of the image, in pixels; a page shows it half as large.
const cell = 104;
const gap = 8;
const labels = 190;
const blockGap = 44;
const block = shown * (cell + gap) - gap;
const titleSize = 26;
const textSize = 21;

/**
 * Draws the image into a file: a block for each shipped style with its eight shots, and for the same
 * four concepts what the base model draws, what the adapted model draws from the same noise, and the
 * designer's own drawing. Concepts are ranked by how much their likeness gains, on average over the
 * styles; each is the first of a quarter of the ranking.
 *
 * @param folder where the demo's records and grids are, the repository's by default
 * @throws UserError where a record or a grid of `deno task demo-table` is missing
 */
export async function runHero(
  file: string,
  folder = dataFile(join("..", demoFolder)),
): Promise<void> {
  const styles = await Promise.all(shippedStyles.map(async (style) => ({
    style,
    record: await readJson(join(folder, `${style}.json`), runRecordSchema),
    grid: await readImage(join(folder, `${style}.png`)),
  })));
  const concepts = rankedConcepts(
    styles.map(({ record }) => record),
    comparisonRows(styles[0].grid),
  );
  const chosen = Array.from(
    { length: shown },
    (_, i) => concepts[Math.floor(i * concepts.length / shown)],
  );
  const left = (style: number) => labels + style * (block + blockGap);
  const top = { title: 34, shots: 54, names: 54 + 2 * (cell + gap) + 34, rows: 0 };
  top.rows = top.names + 42;
  const width = left(styles.length) - blockGap + gap;
  const height = top.rows + 3 * (cell + gap);

  const layers: { image: Image; left: number; top: number }[] = [];
  const svg: string[] = [];
  for (const [s, { style, grid }] of styles.entries()) {
    const { title, shots } = await styleOf(style);
    svg.push(centred(title, left(s), block, top.title, titleSize));
    for (const [i, image] of shots.entries()) {
      const [column, row] = [i % shown, Math.floor(i / shown)];
      layers.push({
        image,
        left: left(s) + column * (cell + gap),
        top: top.shots + row * (cell + gap),
      });
    }
    for (const [column, { name, row }] of chosen.entries()) {
      const x = left(s) + column * (cell + gap);
      for (const [line, words] of inTwoLines(name).entries()) {
        svg.push(centred(words, x, cell, top.names + line * 24, textSize - 2));
      }
      for (const [r, which] of comparisonColumns.entries()) {
        layers.push({
          image: crop(grid, comparisonCell(row, which)),
          left: x,
          top: top.rows + r * (cell + gap),
        });
      }
    }
  }
  const middle = top.shots + cell + textSize / 3;
  svg.push(textPath(`${shotsShown} shots`, { x: gap, y: middle, size: textSize }));
  for (const [r, which] of comparisonColumns.entries()) {
    const y = top.rows + r * (cell + gap) + (cell + textSize) / 2 - 3;
    svg.push(textPath(which, { x: gap, y, size: textSize }));
  }
  await writeAtomically(
    file,
    await composed({ width, height }, layers, svg.join("")),
  );
  console.log(`Shown: ${chosen.map(({ name }) => name).join(", ")}`);
}

/** The grids' concepts and their rows, from the greatest mean gain in likeness. */
function rankedConcepts(
  records: readonly RunRecord[],
  rows: number,
): { name: string; row: number }[] {
  const results = records.map(resultOf);
  const all = results[0].concepts.map((name, i) => ({
    name: name.replaceAll("-", " "),
    gain: results.reduce(
      (sum, { before, after }) => sum + after.concepts.truth![i] - before.concepts.truth![i],
      0,
    ),
  }));
  return spread(all, rows)
    .map((concept, row) => ({ ...concept, row }))
    .sort((a, b) => b.gain - a.gain);
}

/** The designer's name for the style, and its shots. */
async function styleOf(style: string): Promise<{ title: string; shots: Image[] }> {
  const folder = styleFolderOf(style);
  const { title } = await readJson(
    join(folder, "style.json"),
    z.looseObject({ title: z.string() }),
  );
  const { shots } = await readStyleFolder(folder, { limit: shotsShown });
  return { title, shots: shots.map(({ image }) => image) };
}

function inTwoLines(name: string): string[] {
  const words = name.split(" ");
  const first = Math.ceil(words.length / 2);
  return [words.slice(0, first), words.slice(first)].map((line) => line.join(" ")).filter(Boolean);
}

function centred(line: string, x: number, width: number, y: number, size: number): string {
  return textPath(line, { x: x + (width - textWidth(line, size)) / 2, y, size });
}

async function composed(
  { width, height }: { width: number; height: number },
  layers: readonly { image: Image; left: number; top: number }[],
  paths: string,
): Promise<Uint8Array> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `${paths}</svg>`;
  const images = layers.map(({ image, left, top }) => ({
    input: Buffer.from(resize(image, { width: cell, height: cell }).data),
    raw: { width: cell, height: cell, channels: 3 as const },
    ...{ left, top },
  }));
  const canvas = sharp({ create: { width, height, channels: 3, background: "#ffffff" } });
  return new Uint8Array(
    await canvas.composite([...images, { input: Buffer.from(svg) }]).webp({ quality: 90 })
      .toBuffer(),
  );
}

if (import.meta.main) {
  const program = new Command("hero")
    .description("Draw the README's image from the records of the demo")
    .option("--output <file>", "the file to write", join(belowRuns(demoFolder), heroFile))
    .option(`--${updateOption}`, "write the repository's own image")
    .exitOverride()
    .action(async ({ output, updateResults }: { output: string; updateResults?: boolean }) => {
      const file = updateResults ? join(demoFolder, heroFile) : output;
      // Elsewhere the folder was made when the place was checked, and only the file may be written.
      if (!existsSync(dirname(file))) await Deno.mkdir(dirname(file), { recursive: true });
      await runHero(file);
      console.log(`Image: ${file}`);
    });
  await runProgram(program, Deno.args);
}
