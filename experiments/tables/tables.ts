/** Writes all tables and figures from the committed summaries, or from finished runs. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { belowRuns, withPlaces } from "specialist/internal/cli/results.ts";
import {
  blockIn,
  markedBlock,
  UserError,
  writeAtomically,
  writeBlock,
} from "specialist/internal/runtime/mod.ts";
import type { TablesConfig } from "../commands/options.ts";
import { latexFile } from "./latex.ts";
import { provenanceNote } from "./sections.ts";
import { summarise } from "./summarise.ts";
import { readSummary, readTableList, writeSummary } from "./summary.ts";
import { paperNote, paperTable, writeTables } from "./write_tables.ts";

/** Longer lists are left to the table's own page. */
const readableRows = 20;

type Options = Pick<TablesConfig, "results" | "runs"> & Partial<TablesConfig>;

/** The repository's tables. */
const committed = "results";

/** @throws UserError if a list, a run or a summary is not as it should be, or there is no summary */
export async function runTables(options: Options): Promise<void> {
  const { results, list, runs, "update-results": update = false } = options;
  const usual = results === committed ? belowRuns(results) : results;
  const { output } = withPlaces(
    { output: options.output ?? usual, "update-results": update },
    "output",
  );
  const listed: string[] = [];
  if (list !== undefined) {
    const { table, runs: finished } = await readTableList(list, runs);
    listed.push(join(output, table.name));
    await writeSummary(listed[0], summarise(table, finished));
  }
  const written = await writePages(results, output, listed);
  for (const { folder, title, table } of written) console.log(`\n${title} (${folder})\n\n${table}`);
  console.log(`\n${paperNote}\n\n${paperTable("terminal")}`);
  console.log(`\nTables and figures: ${output}`);
}

/**
 * Writes all tables and figures to another place, and compares.
 *
 * @throws Error naming the files that are not what the summaries give
 */
export async function checkTables({ results }: Pick<Options, "results">): Promise<void> {
  await Deno.mkdir("runs", { recursive: true });
  const fresh = await Deno.makeTempDir({ dir: "runs", prefix: "tables-" });
  try {
    await writePages(results, fresh);
    const differing = [...differences(fresh, results)];
    if (differing.length === 0) {
      return console.log(`All tables and figures in ${results} are current`);
    }
    const what = `${differing.length} files in ${results} are not what the summaries give; ` +
      "deno task tables --update-results writes them again";
    throw new Error([what, ...differing].join("\n  - "));
  } finally {
    await Deno.remove(fresh, { recursive: true });
  }
}

/** Files of `fresh` that `results` lacks or has otherwise, and figures that only `results` has. */
function* differences(fresh: string, results: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(fresh)) {
    const [written, own] = [join(fresh, name), join(results, name)];
    if (isDirectory) yield* differences(written, own);
    // It holds all that the SVG files do, and is too large to be committed.
    else if (name === "figures.html") continue;
    else if (!existsSync(own)) yield `${own} is missing`;
    else if (Deno.readTextFileSync(written) !== Deno.readTextFileSync(own)) yield own;
  }
  if (!existsSync(join(fresh, "tables.md"))) return;
  for (const { name } of Deno.readDirSync(results)) {
    const isLeft = name.endsWith(".svg") && !existsSync(join(fresh, name));
    if (isLeft) yield `${join(results, name)} is of no table`;
  }
}

type Written = { folder: string; title: string; table: string };

/** @param listed folders of summaries that are to be on the page as well */
async function writePages(
  results: string,
  output: string,
  listed: readonly string[] = [],
): Promise<Written[]> {
  const pages = ["", ...subfolders(results).map((folder) => basename(folder))]
    .map((page) => {
      const own = page === "" ? listed : [];
      const names = own.map((folder) => basename(folder));
      const found = summaryFolders(join(results, page));
      return {
        page,
        folders: [...found.filter((folder) => !names.includes(basename(folder))), ...own],
      };
    })
    .filter(({ folders }) => folders.length > 0);
  if (pages.length === 0) {
    throw new UserError({
      what: "no folder in it has a summary.json",
      field: "results",
      value: results,
      remedy: "name a list of finished runs with --list, or the folder results/ of the repository",
    });
  }
  const written: Written[] = [];
  for (const { page, folders } of pages) {
    written.push(...await writePage(join(results, page), join(output, page), folders));
  }
  await writePaperVotes(join(output, "paper"));
  return written;
}

/** The tables of a folder's summaries, and what they say in the folder's README. */
async function writePage(
  page: string,
  target: string,
  folders: readonly string[],
): Promise<Written[]> {
  const written: Written[] = [];
  const found: string[] = [];
  for (const folder of folders) {
    const summary = await readSummary(folder);
    const name = basename(folder);
    const place = join(target, name);
    await Deno.mkdir(place, { recursive: true });
    const { table, findings, figure } = await writeTables(place, summary);
    written.push({ folder: place, title: summary.title, table });
    found.push(`### [${summary.title}](${name}/tables.md)`);
    if (figure) found.push(`![${figure.title}](${name}/${figure.file})`);
    if (summary.rows.length <= readableRows) found.push(findings);
    found.push(provenanceNote(summary));
  }
  await writeFindings(join(page, "README.md"), join(target, "README.md"), found.join("\n\n"));
  return written;
}

/** Marks what is written into a page. */
export const tablesCommand = "deno task tables";

/** Into the folder's page, in place of what was there before, else at its end; or onto a new page. */
async function writeFindings(page: string, target: string, text: string): Promise<void> {
  const before = [target, page].find((path) => existsSync(path));
  const around = before === undefined ? "# Results\n" : await Deno.readTextFile(before);
  const isMarked = blockIn(around, tablesCommand) !== undefined;
  await writeAtomically(
    target,
    isMarked ? around : `${around.trimEnd()}\n\n${markedBlock(tablesCommand, text)}\n`,
  );
  if (isMarked) await writeBlock(target, tablesCommand, text);
}

function summaryFolders(parent: string): string[] {
  return subfolders(parent).filter((folder) => existsSync(join(folder, "summary.json")));
}

function subfolders(parent: string): string[] {
  if (!existsSync(parent)) return [];
  return [...Deno.readDirSync(parent)].filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => join(parent, name)).sort();
}

async function writePaperVotes(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const write = (name: string, text: string) => writeAtomically(join(folder, name), `${text}\n`);
  await write("tables.md", `# The paper's user study\n\n${paperNote}\n\n${paperTable("markdown")}`);
  const title = "The paper's user study";
  await writeAtomically(
    join(folder, "tables.tex"),
    latexFile("paper", [paperNote], [{
      title: "votes",
      caption: `${title}: votes of 400 people.`,
      tabular: paperTable("latex"),
    }]),
  );
  await write("tables.csv", paperTable("csv"));
}
