/** Rewrites all tables and figures from the committed summaries, or from finished runs. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import {
  blockIn,
  markedBlock,
  UserError,
  writeAtomically,
  writeBlock,
} from "specialist/internal/runtime/mod.ts";
import type { TablesConfig } from "../commands/options.ts";
import { provenanceNote } from "./sections.ts";
import { summarise } from "./summarise.ts";
import { readSummary, readTableList, writeSummary } from "./summary.ts";
import { paperNote, paperTable, writeTables } from "./write_tables.ts";

/** Longer lists are left to the table's own page. */
const readableRows = 20;

/** @throws UserError if a list, a run or a summary is not as it should be, or there is no summary */
export async function runTables({ results, list, runs }: TablesConfig): Promise<void> {
  if (list !== undefined) {
    const { table, runs: finished } = await readTableList(list, runs);
    await writeSummary(join(results, table.name), summarise(table, finished));
  }
  const pages = [results, ...subfolders(results)]
    .map((page) => ({ page, folders: summaryFolders(page) }))
    .filter(({ folders }) => folders.length > 0);
  if (pages.length === 0) {
    throw new UserError({
      what: "no folder in it has a summary.json",
      field: "results",
      value: results,
      remedy: "name a list of finished runs with --list, or the folder results/ of the repository",
    });
  }
  for (const { page, folders } of pages) await writePage(page, folders);
  console.log(`\n${paperNote}\n\n${paperTable("terminal")}`);
  await writePaperVotes(join(results, "paper"));
}

/** The tables of a folder's summaries, and what they say in the folder's README. */
async function writePage(page: string, folders: readonly string[]): Promise<void> {
  const found: string[] = [];
  for (const folder of folders) {
    const summary = await readSummary(folder);
    const { table, findings, figure } = await writeTables(folder, summary);
    console.log(`\n${summary.title} (${folder})\n\n${table}`);
    const name = basename(folder);
    found.push(`### [${summary.title}](${name}/tables.md)`);
    if (figure) found.push(`![${figure.title}](${name}/${figure.file})`);
    if (summary.rows.length <= readableRows) found.push(findings);
    found.push(provenanceNote(summary));
  }
  await writeFindings(join(page, "README.md"), found.join("\n\n"));
}

/** Marks what is written into a page. */
export const tablesCommand = "deno task tables";

/** Into the folder's page, in place of what was there before, else at its end; or onto a new page. */
async function writeFindings(path: string, text: string): Promise<void> {
  const page = existsSync(path) ? await Deno.readTextFile(path) : "# Results\n";
  if (blockIn(page, tablesCommand) !== undefined) {
    return await writeBlock(path, tablesCommand, text);
  }
  await writeAtomically(path, `${page.trimEnd()}\n\n${markedBlock(tablesCommand, text)}\n`);
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
  await write("tables.tex", `% ${paperNote}\n\n${paperTable("latex")}`);
  await write("tables.csv", paperTable("csv"));
}
