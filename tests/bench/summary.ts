/** The bench's table and figures, made of its records. */
import { join } from "node:path";
import { renderFigures, scalingFigure, scoreBarsFigure } from "specialist/figures";
import {
  type Column,
  formatBytes,
  renderTable,
  writeAtomically,
} from "specialist/internal/runtime/mod.ts";
import type { Work } from "./cases.ts";
import { enduranceFigures, enduranceLines } from "./endurance.ts";
import { type BenchRecord, figureOf, ratioTo, type Side, type Spread, timeOf } from "./record.ts";

type Training = Extract<Work, { kind: "training step" }>;

/** @param fresh names of the cases that have just been measured; the others were before */
export function benchTable(
  records: readonly BenchRecord[],
  format: "terminal" | "markdown",
  fresh: ReadonlySet<string> = new Set(),
): string {
  return renderTable([...records], columnsOf(records, fresh), format);
}

const columnsOf = (
  records: readonly BenchRecord[],
  fresh: ReadonlySet<string>,
): Column<BenchRecord>[] => [
  { title: "work", value: ({ title }) => title },
  right("ours", (record) => time(timeOf(record, "specialist"))),
  right("PyTorch", (record) => time(timeOf(record, "pytorch"))),
  right("ours / PyTorch", (record) => ratio(ratioTo(record, "pytorch"))),
  right("ours / PyTorch in float32", (record) => {
    const exact = records.find(({ name }) => `${name}-bfloat16` === record.name);
    const [ours, theirs] = [timeOf(record, "specialist"), exact && timeOf(exact, "pytorch")];
    return ours && theirs ? (ours.median / theirs.median).toFixed(2) : "";
  }),
  right("ours / torch.compile", (record) => ratio(ratioTo(record, "torch.compile"))),
  right("first time", pair("firstSeconds", seconds)),
  right("loading", pair("loadSeconds", seconds)),
  right("peak memory", pair("peakMemoryBytes", formatBytes)),
  { title: "measured", value: (record) => measuredOn(record, fresh) },
];

/** "2026-07-01", or "2026-11-28, new". */
function measuredOn({ name, date }: BenchRecord, fresh: ReadonlySet<string>): string {
  return [date.slice(0, 10), ...fresh.has(name) ? ["new"] : []].join(", ");
}

function right(title: string, value: (record: BenchRecord) => string): Column<BenchRecord> {
  return { title, value, align: "right" };
}

/** Ours and PyTorch's. */
function pair(
  field: Parameters<typeof figureOf>[2],
  format: (value: number) => string,
): (record: BenchRecord) => string {
  return (record) =>
    (["specialist", "pytorch"] as const)
      .map((side) => figureOf(record, side, field))
      .map((value) => value === undefined ? "–" : format(value)).join(" / ");
}

function time(spread: Spread | undefined): string {
  return spread
    ? `${seconds(spread.median)} (${seconds(spread.low)}–${seconds(spread.high)})`
    : "–";
}

function ratio(spread: Spread | undefined): string {
  if (!spread) return "–";
  const { median, low, high } = spread;
  const range = low === high ? "" : ` (${low.toFixed(2)}–${high.toFixed(2)})`;
  return `${median.toFixed(2)}${range}`;
}

function seconds(value: number): string {
  return value < 1 ? `${(1000 * value).toPrecision(3)} ms` : `${value.toPrecision(3)} s`;
}

/** @param fresh as for {@link benchTable} @returns the files written */
export async function writeSummary(
  folder: string,
  records: readonly BenchRecord[],
  fresh: ReadonlySet<string>,
): Promise<string[]> {
  if (records.length === 0) return [];
  await Deno.mkdir(folder, { recursive: true });
  const [table, figure] = [join(folder, "README.md"), join(folder, "figure.html")];
  await writeAtomically(table, readme(records, fresh));
  await writeAtomically(figure, await page(records));
  return [table, figure];
}

function readme(records: readonly BenchRecord[], fresh: ReadonlySet<string>): string {
  const endurance = enduranceLines(records);
  const limits = limitLines(records);
  const memory = memoryLines(records, fresh);
  const failures = records.flatMap(({ title, failures }) =>
    Object.entries(failures).map(([side, why]) => `- ${title}, ${side}: ${why.split("\n").at(-1)}`)
  );
  return `# Speed and memory, compared with PyTorch

Written by \`deno task bench\`, which also draws \`figure.html\` here; with \`--cases '[]'\` it writes both
again from the records.

${benchTable(records.filter(({ work }) => work.kind !== "method's step"), "markdown", fresh)}

Times are medians, with the quartiles. A ratio is the median of the rounds', with the least and the
most: each round has a fresh process of each side, one after the other. First time and loading in
seconds, peak memory of the whole process: ours / PyTorch's. PyTorch works in the faster of its two
memory formats; its bfloat16 is autocast.
${
    memory.length > 0
      ? `\nThe most memory that a process of ours held:\n\n${memory.join("\n")}\n`
      : ""
  }${limits.length > 0 ? `\nThe machine's limits:\n\n${limits.join("\n")}\n` : ""}${
    endurance.length > 0 ? `\nThe same step 2,000 times:\n\n${endurance.join("\n")}\n` : ""
  }${failures.length > 0 ? `\nNot measured:\n\n${failures.join("\n")}\n` : ""}
${provenance(records)}
`;
}

/** What it takes to adapt a whole model, which is measured for its memory. */
function memoryLines(records: readonly BenchRecord[], fresh: ReadonlySet<string>): string[] {
  return records.flatMap((record) => {
    const bytes = figureOf(record, "specialist", "peakMemoryBytes");
    return record.work.kind === "method's step" && bytes !== undefined
      ? [`- ${record.title}: ${formatBytes(bytes)} (${measuredOn(record, fresh)})`]
      : [];
  });
}

/** What the two simplest pieces of work tell of the machine. */
function limitLines(records: readonly BenchRecord[]): string[] {
  return records.flatMap((record) => {
    const rates = (["specialist", "pytorch"] as const).map((side) => {
      const seconds = timeOf(record, side)?.median;
      if (seconds === undefined) return "–";
      switch (record.work.kind) {
        case "matrix product":
          return `${(2 * record.work.size ** 3 / seconds / 1e9).toPrecision(3)} GFLOP/s`;
        case "addition":
          return `${(3 * 4 * record.work.length / seconds / 1e9).toPrecision(3)} GB/s`;
      }
    });
    return rates[0] === undefined
      ? []
      : [`- ${record.title}: ours ${rates[0]}, PyTorch's ${rates[1]}`];
  });
}

function provenance(records: readonly BenchRecord[]): string {
  const distinct = (texts: string[]) => [...new Set(texts)].join("; ");
  const versions = (side: Side) =>
    distinct(
      records.flatMap(({ measurements }) => measurements[side] ?? []).map(({ versions }) =>
        Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ")
      ),
    );
  const systems = distinct(
    records.map(({ system }) =>
      `${system.processor}, ${system.cores} cores, ${[system.instructions].flat().join(", ")}`
    ),
  );
  const commits = distinct(records.map(({ commit }) => commit?.slice(0, 12) ?? "unknown"));
  const theirs = versions("pytorch");
  return `Measured on ${systems}; commit ${commits}. Ours: ${versions("specialist")}.` +
    (theirs ? ` PyTorch's: ${theirs}.` : "");
}

async function page(records: readonly BenchRecord[]): Promise<string> {
  const compared = records.flatMap((record) => {
    const spread = ratioTo(record, "pytorch");
    return spread ? [{ name: record.title, value: spread.median, interval: spread }] : [];
  });
  const growth = (axis: string, x: (record: BenchRecord) => number | undefined) =>
    scalingFigure(
      axis,
      "time of a step (ms)",
      (["specialist", "pytorch"] as const).map((side) => ({
        name: side,
        points: records.flatMap((record) => {
          const [at, spread] = [x(record), timeOf(record, side)];
          if (at === undefined || !spread) return [];
          return [{ x: at, y: 1000 * spread.median }];
        }).toSorted((a, b) => a.x - b.x),
      })),
    );
  return await renderFigures({
    title: "Speed and memory, compared with PyTorch",
    lead: provenance(records),
    figures: [
      {
        title: "Time, ours by PyTorch's",
        description: "Below 1 this project is faster. Bars of the rounds' least and most.",
        figure: scoreBarsFigure("time, ours / PyTorch's", compared),
      },
      {
        title: "Time by batch",
        description: "A training step of the base model, both axes logarithmic.",
        figure: growth(
          "batch",
          (record) => trainsBase(record, ({ size }) => size === 16)?.batch,
        ),
      },
      {
        title: "Time by size",
        description: "A training step of the base model at batch 4, both axes logarithmic.",
        figure: growth(
          "side of the latents",
          (record) => trainsBase(record, ({ batch }) => batch === 4)?.size,
        ),
      },
      {
        title: "Time by parameters",
        description: "A training step at batch 4 and latents of 16 × 16, both axes logarithmic.",
        figure: growth(
          "parameters (millions)",
          ({ name, parameters }) =>
            parameters && (name === "training-4" || name.startsWith("unet-"))
              ? Number((parameters / 1e6).toPrecision(2))
              : undefined,
        ),
      },
      ...enduranceFigures(records),
    ],
  });
}

/** The work of a case that shows how time grows: the base model's training in float32. */
function trainsBase(
  { name, work }: BenchRecord,
  choose: (work: Training) => boolean,
): Training | undefined {
  if (work.kind !== "training step" || !/^(training|batch|latents)-\d+$/.test(name)) {
    return undefined;
  }
  return choose(work) ? work : undefined;
}
