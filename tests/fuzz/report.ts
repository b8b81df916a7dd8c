/** What came of all parsers' inputs: a file of numbers, and a page for people. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import {
  formatBytes,
  formatCount,
  formatDuration,
  readJson,
  renderTable,
  writeAtomically,
} from "specialist/internal/runtime/mod.ts";
import { targetNames } from "./targets/mod.ts";
import { defectSchema, tallySchema } from "./try_inputs.ts";
import { allowedMemory, heapMegabytes } from "./watch.ts";

const parserSchema = z.strictObject({
  name: z.enum(targetNames),
  title: z.string(),
  seed: z.int().min(0),
  ...tallySchema.shape,
  defects: z.array(defectSchema),
  seconds: z.number(),
  memoryGrowthBytes: z.number().describe("Of the whole process, at its peak"),
  versions: z.record(z.string(), z.string()),
  processor: z.string(),
  commit: z.string().optional(),
  date: z.iso.datetime(),
});

/** `fuzz.json`. */
const reportSchema = z.strictObject({
  format: z.literal(1).describe("Version of this layout"),
  parsers: z.array(parserSchema),
});

export type ParserReport = z.infer<typeof parserSchema>;

/** The report's page, and what it is made of. */
export const pageIn = (folder: string) => join(folder, "fuzz.md");
const dataIn = (folder: string) => join(folder, "fuzz.json");

/** Writes the reports of some parsers, and leaves those of the others as they were. */
export async function updateReport(folder: string, parsers: ParserReport[]): Promise<void> {
  const earlier = existsSync(dataIn(folder))
    ? (await readJson(dataIn(folder), reportSchema)).parsers
    : [];
  const known = new Map([...earlier, ...parsers].map((parser) => [parser.name, parser]));
  const all = targetNames.flatMap((name) => known.get(name) ?? []);
  await Deno.mkdir(folder, { recursive: true });
  const data = `${JSON.stringify({ format: 1, parsers: all }, null, 1)}\n`;
  await writeAtomically(dataIn(folder), data);
  await writeAtomically(pageIn(folder), page(all));
}

export function fuzzTable(parsers: ParserReport[], format: "terminal" | "markdown"): string {
  const right = (title: string, value: (parser: ParserReport) => string) =>
    ({ title, value, align: "right" }) as const;
  return renderTable(parsers, [
    { title: "parser of", value: ({ title }) => title },
    right("inputs", ({ inputs }) => formatCount(inputs)),
    right("accepted", ({ accepted }) => formatCount(accepted)),
    right("refused", ({ refused }) => formatCount(sum(refused))),
    right("promises broken", ({ defects }) => formatCount(defects.length)),
    right("time", ({ seconds }) => formatDuration(seconds)),
    right("longest input", ({ longestMs }) => `${Math.round(longestMs)} ms`),
    right("peak memory growth", ({ memoryGrowthBytes }) => formatBytes(memoryGrowthBytes)),
  ], format);
}

function page(parsers: ParserReport[]): string {
  const defects = parsers.flatMap(({ title, defects }) =>
    defects.map(({ input, kind, what, smallest }) =>
      `- ${title}, input ${input}: ${kind}, ${what.split("\n")[0]}${
        smallest ? `; ${smallest}` : ""
      }`
    )
  );
  return `# Hostile input

Written by \`deno task fuzz\`. Each parser reads files that were changed at random: bits, numbers at
the edges of their types, missing, repeated and moved bytes; in JSON values of other types, keys twice
or called \`__proto__\`, deep nesting, huge lists; in their places links, pipes, folders, a terabyte of
nothing. All begin as files that this project's own writers made. It has to accept a file, and what it
returns has to be what it promises, or to refuse it with an error that names file and fault and fits
on a screen. Whatever else happens is a promise broken: another error, a crash, a hang, a write
outside of the folder (which the process may not do), a changed prototype, or memory beyond twice the
file and ${formatBytes(allowedMemory)}, in a process of its own.

${fuzzTable(parsers, "markdown")}

Growth is that of a process for many inputs, garbage included, whose JavaScript heap may have ${heapMegabytes} MB; a small
image counts as the pixels that it stands for. ${provenance(parsers)}

## Why files were refused

${parsers.map(reasons).join("\n")}

## Promises broken

${defects.length > 0 ? defects.join("\n") : "None."}
`;
}

function provenance(parsers: ParserReport[]): string {
  const versions = parsers.flatMap(({ versions }) =>
    Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  );
  const of = (values: (string | number | undefined)[]) => [...new Set(values)].join(", ");
  return `Seed ${of(parsers.map(({ seed }) => seed))}; one core of ${
    of(parsers.map(({ processor }) => processor))
  }; ${of(versions)}; commit ${of(parsers.map(({ commit }) => commit?.slice(0, 12)))}.`;
}

/** The five most frequent ones. */
function reasons({ title, refused }: ParserReport): string {
  const total = sum(refused);
  const shares = Object.entries(refused).sort(([, a], [, b]) => b - a).slice(0, 5)
    .map(([why, count]) => `${why} (${Math.round(100 * count / total)} %)`);
  return `- ${title}: ${shares.join("; ") || "none was"}`;
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
