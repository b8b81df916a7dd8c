import { join } from "node:path";
import { z } from "zod";
import { validate } from "./config.ts";
import { UserError } from "./errors.ts";
import { parseJson } from "./json.ts";
import { readTextIfThere } from "./read_files.ts";
import { appendLine, syncFile, writeAtomically } from "./write_files.ts";

/** Numbers of one step by name, as `{ step: 10, loss: 0.1, "fixedNoiseLoss.shots": 0.09 }`. */
export type MetricLine = { step: number } & Record<string, number>;

// JSON has no NaN; JSON.stringify writes null for it.
const lineSchema = z.object({ step: z.int().min(0) })
  .catchall(z.number().nullable().transform((value) => value ?? NaN));

/** Some millions of lines. */
const maxBytes = 256 << 20;

const fileOf = (folder: string) => join(folder, "metrics.jsonl");

/**
 * The lines of a run's `metrics.jsonl`; none where nothing was logged yet. A last line that a crash
 * left unfinished is not there.
 *
 * @throws UserError naming the line that is damaged
 */
export async function readMetrics(folder: string): Promise<MetricLine[]> {
  const file = fileOf(folder);
  const text = await readTextIfThere(file, maxBytes) ?? "";
  const lines = text.split("\n").slice(0, -1);
  return lines.map((line, i) => {
    const place = `${file}, line ${i + 1}`;
    return validate(lineSchema, parse(line, place), place) as MetricLine;
  });
}

/** Drops what was logged after `step`: the run does these steps again. */
export async function truncateMetrics(folder: string, step: number): Promise<void> {
  const kept = (await readMetrics(folder)).filter((line) => line.step <= step);
  await writeAtomically(fileOf(folder), kept.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

/** Adds a line to a run's metrics. @throws Error naming the file, where the disk is full */
export async function appendMetrics(folder: string, line: MetricLine): Promise<void> {
  await appendLine(fileOf(folder), JSON.stringify(line));
}

/** Has all lines reach the disk. */
export async function syncMetrics(folder: string): Promise<void> {
  await syncFile(fileOf(folder));
}

function parse(line: string, place: string): unknown {
  try {
    return parseJson(line);
  } catch (cause) {
    throw new UserError({
      what: (cause as Error).message,
      file: place,
      value: line,
      remedy: "correct or remove this line, or remove the run's folder to start it again",
    }, { cause });
  }
}
