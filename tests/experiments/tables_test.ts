import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { existsSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { mean } from "simple-statistics";
import { figuresByQuantity } from "experiments/tables/by_quantity.ts";
import { cellChanges, seedChanges } from "experiments/tables/figures.ts";
import { findings } from "experiments/tables/findings.ts";
import {
  conceptChanges,
  figuresOf,
  findSummary,
  partEffects,
  readSummary,
  summarise,
  type Summary,
  type Table,
  type TableRun,
  writeSummary,
  writeTables,
} from "experiments/tables/mod.ts";
import { sectionsOf, statisticsOf } from "experiments/tables/sections.ts";
import {
  numberText,
  observations,
  runsOf,
  scoreStatistics,
} from "experiments/tables/statistics.ts";
import { checkTables, runTables } from "experiments/tables/tables.ts";
import { paperTable } from "experiments/tables/write_tables.ts";
import { createRandom } from "specialist/data";
import type { RunResult } from "specialist/evaluation";
import { type RunRecord, UserError } from "specialist/internal/runtime/mod.ts";

const concepts = Array.from({ length: 12 }, (_, i) => `concept-${i}`);
const styles = ["openmoji", "fluent-emoji-flat"];
const seeds = [0, 1, 2];

/** Scores around `level`; each concept's own part is the same for all methods. */
function scores(level: number, place: string): RunResult["after"] {
  const values = (name: string) => {
    const [shared, own] = [place, `${place} ${level}`].map((label) =>
      createRandom(`${label} ${name}`)
    );
    return concepts.map(() => level + 0.2 * shared.normal() + 0.01 * own.normal());
  };
  return {
    concepts: { truth: values("truth"), content: values("content").map((value) => 100 * value) },
    set: { kid: 1 - level, diversity: 0.5 },
  };
}

function tableRun(label: string, level: number, style: string, seed: number): TableRun {
  const place = `${style} ${seed}`;
  const curve = [0, 100].map((step) => ({ step, value: step === 0 ? 0.3 : level }));
  const results: RunResult = {
    subjects: concepts.length,
    scores: [],
    concepts,
    before: scores(0.3, place),
    after: scores(level, place),
    drawings: { concepts: scores(0.9, place).concepts, set: { diversity: 0.6 } },
    strengths: [],
    drift: { concepts: ["cat"], values: [0.1] },
    phases: [{ name: "Preparing", seconds: 2 }],
    trainingSeconds: 60,
    adapterBytes: 9e6,
    peakMemoryBytes: 1.5e9,
    curves: {
      shots: curve,
      heldOut: curve,
      clipScore: curve.map((point) => ({ ...point, low: 0, high: 1 })),
      truth: curve,
      seconds: [{ step: 0, value: 0 }, { step: 100, value: 60 }],
    },
  };
  const record: RunRecord = {
    format: 1,
    id: `${label}-${style}-${seed}`.replaceAll(" ", "_"),
    fingerprint: "0".repeat(64),
    kind: "specialist",
    config: { style, seed, training: { steps: 100 } },
    seed,
    versions: { specialist: "0.1.0" },
    datasets: { model: "a".repeat(64) },
    attempts: [{
      startedAt: "2026-01-01T00:00:00.000Z",
      fromStep: 0,
      backend: "TensorFlow on CPU",
      commit: "c".repeat(40),
    }],
    status: "finished",
    finishedAt: "2026-01-01T01:00:00.000Z",
    results,
  };
  return { label, style, shots: 8, seed, record };
}

function row(label: string, level: number, rowSeeds = seeds): TableRun[] {
  return styles.flatMap((style) => rowSeeds.map((seed) => tableRun(label, level, style, seed)));
}

const table: Table = { name: "methods", title: "Methods", reference: "LoRA", base: "base model" };
const runs = [...row("LoRA", 0.5), ...row("ours & more", 0.6)];
const summary = summarise(table, runs);

describe("a table's summary", () => {
  it("has a row for the model before it adapts, once for each style and seed", () => {
    const labels = summary.rows.map(({ label }) => label);
    assertEquals(labels, ["base model", "LoRA", "ours & more"]);
    assertEquals(summary.runs.filter(({ label }) => label === "base model").length, 6);
    assertEquals(summarise({ ...table, base: undefined }, runs).rows.length, 2);
  });

  it("has a row for the true drawings, with what they can be scored on", () => {
    const drawn = summarise({ ...table, drawings: "true drawings" }, runs);
    assertEquals(drawn.rows.at(-1)!.label, "true drawings");
    assertAlmostEquals(scoreStatistics(drawn, "diversity").at(-1)!.score!, 0.6, 1e-9);
    assertEquals(scoreStatistics(drawn, "kid").at(-1)!.score, undefined);
    // How near they are to the shots depends on the shots, and so on the run.
    assertEquals(drawn.runs.filter(({ label }) => label === "true drawings").length, 6);
  });

  it("names what computed each run, and counts steps that were not finite", () => {
    const [first, ...others]: TableRun[] = structuredClone(row("LoRA", 0.5));
    const [attempt] = first.record.attempts;
    first.record.attempts.push({ ...attempt, backend: "TensorFlow on CUDA" });
    Object.assign(first.record.results, { skippedSteps: 3 });
    const [base, ...adapted] = runsOf(summarise(table, [first, ...others]), "base model")
      .slice(0, 1).concat(runsOf(summarise(table, [first, ...others]), "LoRA"));
    const resumed = "TensorFlow on CPU, then TensorFlow on CUDA";
    assertEquals([base.backend, adapted[0].backend], [resumed, resumed]);
    assertEquals(adapted[1].backend, "TensorFlow on CPU");
    assertEquals(adapted.map(({ skippedSteps = 0 }) => skippedSteps), [3, 0, 0, 0, 0, 0]);
  });

  it("refuses a run that is not finished, by its name", () => {
    const [{ record, ...cell }] = runs;
    const running: RunRecord = { ...record, status: "running", results: {} };
    const error = assertThrows(() => summarise(table, [{ ...cell, record: running }]), UserError);
    assertStringIncludes(error.message, record.id);
    assertStringIncludes(error.message, "running");
  });

  it("refuses a run that two rows have, but for the base's and the drawings' rows", () => {
    const twin = row("LoRA", 0.5).map((run) => ({ ...run, label: "LoRA again" }));
    const error = assertThrows(() => summarise(table, [...runs, ...twin]), UserError);
    assertStringIncludes(error.message, "two rows: LoRA, LoRA again");
    const all = summarise({ ...table, drawings: "true drawings" }, runs);
    assertEquals(all.rows.map(({ label }) => label).slice(-1), ["true drawings"]);
  });

  it("refuses two runs of one place, other concepts, and a reference that is no row", () => {
    assertThrows(() => summarise(table, [...runs, runs[0]]), UserError, "same place");
    assertThrows(() => summarise({ ...table, reference: "Lora" }, runs), UserError, "Lora");
    const [first, second]: TableRun[] = JSON.parse(JSON.stringify(runs));
    (second.record.results as RunResult).concepts[0] = "another";
    assertThrows(() => summarise(table, [first, second]), UserError, "other concepts");
  });
});

describe("a table's findings", () => {
  it("tell rows that differ from the reference from rows that do not", () => {
    const same = summarise({ ...table, reference: "LoRA" }, [...runs, ...row("twin", 0.5001)]);
    const [likeness] = findings(same, statisticsOf(same)).split("\n");
    const [, worse, better, undecided] = likeness.match(
      /worse\*\*: (.*)\. \*\*better\*\*: (.*)\. \*\*not told apart\*\*: (.*)\.$/,
    )!;
    assertStringIncludes(worse, "base model (−0.2");
    assertStringIncludes(better, "ours & more (+0.");
    assertStringIncludes(undecided, "twin");
  });

  it("do not call rows alike that a test of so few runs cannot tell apart", () => {
    const few = summarise(table, runs.filter(({ seed }) => seed === 0));
    const [, distance] = findings(few, statisticsOf(few)).split("\n");
    assertStringIncludes(distance, "**too few runs for a test**: base model (+");
    assert(!distance.includes("not told apart"));
  });

  it("go into a page and leave what else it says", async () => {
    const folder = await Deno.makeTempDir();
    try {
      await writeSummary(join(folder, "methods"), summary);
      const page = join(folder, "README.md");
      await runTables({ results: folder, runs: folder });
      const written = await Deno.readTextFile(page);
      await Deno.writeTextFile(page, `Before\n${written.replace("better", "old")}After\n`);
      await runTables({ results: folder, runs: folder });
      assertEquals(await Deno.readTextFile(page), `Before\n${written}After\n`);

      await Deno.writeTextFile(page, "# A page without tables\n");
      await runTables({ results: folder, runs: folder });
      const appended = written.replace("# Results", "# A page without tables");
      assertEquals(await Deno.readTextFile(page), appended);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});

describe("a table's statistics", () => {
  it("find the difference that the runs were made with", () => {
    const [base, reference, ours] = scoreStatistics(summary, "truth");
    assertEquals(reference.difference, undefined);
    const { value, interval, adjustedPValue, pValue, effectSize } = ours.difference!;
    const { low, high } = interval!;
    assertAlmostEquals(value, 0.1, 0.01);
    assert(low < value && value < high && low > 0.05);
    assert(pValue < adjustedPValue && adjustedPValue < 0.01 && effectSize > 1);
    assert(base.difference!.value < 0);
    assertEquals(Object.keys(ours.styles), styles);
  });

  it("of a whole set count runs: six give a p of 1/32, twice that after Holm", () => {
    const [, , ours] = scoreStatistics(summary, "kid");
    assertAlmostEquals(ours.score!, 0.4, 1e-9);
    assertEquals(ours.difference!.pValue, 2 / 64);
    assertEquals(ours.difference!.adjustedPValue, 4 / 64);
  });

  it("compare only what both rows have", () => {
    const uneven = summarise({ ...table, base: undefined }, [
      ...row("LoRA", 0.5, [0, 1]),
      ...row("ours", 0.6, [1, 2]),
      ...row("elsewhere", 0.6, [7]),
    ]);
    const [, ours, elsewhere] = scoreStatistics(uneven, "kid");
    assertEquals(ours.difference!.pValue, 0.5); // two pairs
    assert(elsewhere.score && !elsewhere.difference);
  });

  it("give a set's score no interval where a style has few runs", () => {
    const intervalsOf = (runs: number) => {
      const seeds = Array.from({ length: runs }, (_, seed) => seed);
      const rows = [...row("LoRA", 0.5, seeds), ...row("ours", 0.6, seeds)];
      const [, ours] = scoreStatistics(summarise({ ...table, base: undefined }, rows), "kid");
      assertAlmostEquals(ours.score!, 0.4, 1e-9);
      return [ours.interval, ours.difference!.interval];
    };
    for (const few of [1, 3]) assertEquals(intervalsOf(few), [undefined, undefined]);
    assert(intervalsOf(8).every((interval) => interval !== undefined));
  });

  it("leave out what could not be scored", () => {
    const [, reference] = scoreStatistics(summary, "gram");
    assertEquals([reference.score, reference.difference], [undefined, undefined]);
    assertEquals(scoreStatistics(summary, "drift")[0].score, undefined);
  });
});

describe("the speed of learning", () => {
  const learned = (runs: TableRun[]) =>
    sectionsOf(summarise(table, runs), new Map())
      .find(({ title }) => title === "Speed of learning: mean likeness to the true drawing")!
      .render("csv").split("\n");

  it("is the score after given steps and, between two points, after given seconds", () => {
    assertEquals(learned(runs), [
      ",step 0,step 100,15.0 s,30.0 s,60.0 s",
      "LoRA,0.300,0.500,0.350,0.400,0.500",
      "ours & more,0.300,0.600,0.375,0.450,0.600",
    ]);
  });

  it("shows steps that all rows have, until the fastest row's end", () => {
    const slow: TableRun[] = structuredClone(row("slow", 0.6));
    for (const { record } of slow) {
      const { curves } = record.results as RunResult;
      curves.seconds[1].value = 120;
      curves.truth.splice(1, 0, { step: 50, value: 0.4 });
      curves.seconds.splice(1, 0, { step: 50, value: 30 });
    }
    const [head, , line] = learned([...row("LoRA", 0.5), ...slow]);
    assertEquals(head, ",step 0,step 100,15.0 s,30.0 s,60.0 s");
    assertEquals(line, "slow,0.300,0.600,0.350,0.400,0.467");
  });
});

describe("figures over a quantity", () => {
  const figuresWith = (settings: Record<string, unknown>[]) => {
    const runs = settings.flatMap(({ label, ...config }, i) =>
      row(`${label}`, 0.4 + i / 20).map((run) => ({
        ...run,
        record: { ...run.record, config: { ...run.record.config, ...config } } as RunRecord,
      }))
    );
    const summary = summarise({ ...table, reference: `${settings[0].label}` }, runs);
    return figuresByQuantity(summary, statisticsOf(summary));
  };

  it("have a line for rows that differ in nothing else, called what they share", () => {
    const settings = [10, 20].flatMap((grid) =>
      [50, 10].map((steps) => ({
        label: `grid of ${grid} · ${steps} steps`,
        method: { grid },
        sampling: { steps },
      }))
    );
    const [{ title, figure }] = figuresWith(settings);
    assertStringIncludes(title, "by sampler steps");
    const lines = figure.data as { name: string; x: number[] }[];
    assertEquals(lines.map(({ name, x }) => ({ name, x })), [
      { name: "grid of 10", x: [10, 50] },
      { name: "grid of 20", x: [10, 50] },
    ]);
  });

  it("have a logarithmic axis over learning rates", () => {
    const settings = [1e-4, 1e-3].map((peak) => ({
      label: `LoRA · ${peak}`,
      training: { learningRate: { peak } },
    }));
    const [{ figure }] = figuresWith(settings);
    const [{ name, x }] = figure.data as { name: string; x: number[] }[];
    assertEquals({ name, x }, { name: "LoRA", x: [1e-4, 1e-3] });
    assertEquals((figure.layout as { xaxis: { type: string } }).xaxis.type, "log");
  });

  it("are not there where the quantity is the same in all rows", () => {
    assertEquals(figuresWith([{ label: "a" }, { label: "b", method: "lora" }]), []);
    const same = { sampling: { steps: 10 } };
    assertEquals(figuresWith([{ label: "a", ...same }, { label: "b", ...same }]), []);
  });
});

describe("changes in each style and seed", () => {
  it("are of what both rows have, and next to them those of the seed alone", () => {
    const changes = cellChanges(summary, "truth", "LoRA");
    const cells = runsOf(summary, "LoRA");
    assertEquals(changes.length, cells.length);
    const meanOf = (label: string) =>
      mean(runsOf(summary, label).map(({ concepts }) => mean(concepts.truth!)));
    assertAlmostEquals(mean(changes), meanOf("LoRA") - meanOf(summary.reference), 1e-9);

    const [first, second] = runsOf(summary, summary.reference)
      .filter(({ style }) => style === styles[0]);
    assertAlmostEquals(
      seedChanges(summary, "truth")[0],
      mean(second.concepts.truth!) - mean(first.concepts.truth!),
      1e-9,
    );
  });
});

describe("a score of each concept", () => {
  it("changes from one row to another, the largest gain first", () => {
    const changes = conceptChanges(summary, "truth", ["LoRA", "ours & more"]);
    const gains = changes.map(({ from, to }) => to - from);
    assertEquals(gains, gains.toSorted((a, b) => b - a));
    assertEquals(
      changes.map(({ style, concept }) => `${style} ${concept}`).toSorted(),
      observations(summary, runsOf(summary, "LoRA"), "truth").map(({ key }) => key).toSorted(),
    );
  });
});

describe("tables on disk", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await Deno.makeTempDir();
  });
  afterEach(() => Deno.remove(folder, { recursive: true }));

  const names = ["tables.md", "tables.tex", "tables.csv", "figures.html"];
  const filesOf = (folder: string) =>
    Promise.all(names.map((name) => Deno.readTextFile(join(folder, name))));

  it("are the same from the committed summary as from the runs", async () => {
    await writeSummary(folder, summary);
    assertEquals(await readSummary(folder), summary);
    await writeTables(folder, summary);
    const first = await filesOf(folder);
    await writeTables(folder, await readSummary(folder));
    assertEquals(await filesOf(folder), first);
  });

  it("are found by the first name that has a summary", async () => {
    await writeSummary(join(folder, "second"), summary);
    assertEquals(await findSummary(["first", "second"], folder), summary);
    assertEquals(await findSummary(["first"], folder), undefined);
  });

  it("say what was measured, how sure it is, and where it comes from", async () => {
    await writeTables(folder, withFrechet(summary));
    const [markdown, latex, csv, figures] = await filesOf(folder);
    for (
      const part of ["ours & more", "difference to LoRA", "9 MB", "seeds 0, 1, 2", "cccccccccccc"]
    ) assertStringIncludes(markdown, part);
    for (const part of ["\\toprule", "ours \\& more", "% "]) assertStringIncludes(latex, part);
    assertStringIncludes(csv, "Likeness to the true drawing,higher,ours & more,6,0.");
    assertNamesOfMarkdown(csv, markdown);
    assert(!/adapter/.test(markdown));
    await checkLatex(join(folder, "tables.tex"));
    assert(existsSync(join(folder, "frechet-distance-to-the-style.svg")));
    for (const part of ["Content and style", "seconds of training", "change against LoRA"]) {
      assertStringIncludes(figures, part);
    }
    const images = [...markdown.matchAll(/!\[.+\]\((.+\.svg)\)/g)].map(([, file]) => file);
    assert(images.length > 5);
    for (const file of images) {
      assertStringIncludes(await Deno.readTextFile(join(folder, file)), "<svg");
    }
  });

  it("give a method one colour in all figures, and the base a grey", () => {
    const named = withFrechet(summary);
    const colors = new Map<string, Set<string>>();
    const figures = figuresOf(named, statisticsOf(named));
    assert(figures.length > 8);
    for (const { title, figure } of figures) {
      assertMatch(title, /^\p{Lu}/u);
      type Trace = { name: string; line?: { color: string }; marker?: { color: string } };
      for (const { name, line, marker } of figure.data as Trace[]) {
        if (!named.rows.some(({ label }) => label === name)) continue;
        const color = (marker ?? line)!.color;
        if (title.includes("change against") && color === "#B6BCC4") continue; // not significant
        colors.set(name, (colors.get(name) ?? new Set()).add(color));
      }
    }
    assertEquals(
      colors.keys().toArray().toSorted(),
      named.rows.map(({ label }) => label).toSorted(),
    );
    for (const [name, own] of colors) assertEquals(own.size, 1, name);
    const [base] = colors.get(named.base!)!;
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(base.slice(at, at + 2), 16));
    assert(Math.max(red, green, blue) - Math.min(red, green, blue) < 32, `${base} is not grey`);
  });

  it("call a change significant in figures where the corrected test does", () => {
    const changed = structuredClone(summary);
    const statistics = statisticsOf(changed);
    const { difference } = statistics.get("truth")!.at(-1)!;
    const colorOf = () => {
      const { figure } = partEffects(changed, statistics)
        .find(({ title }) => title.startsWith("Likeness"))!;
      return (figure.data.at(-1) as { marker: { color: string } }).marker.color;
    };
    const clear = colorOf();
    assert(difference!.interval!.low > 0);
    difference!.adjustedPValue = 0.2;
    assert(colorOf() !== clear);
  });

  it("show what more shots bring where rows differ in them", async () => {
    const byShots = [1, 8].flatMap((shots) =>
      row(`${shots}`, 0.4 + shots / 80).map((run) => ({ ...run, shots }))
    );
    await writeTables(
      folder,
      summarise({ name: "shots", title: "Shots", reference: "8" }, byShots),
    );
    assertStringIncludes(await Deno.readTextFile(join(folder, "figures.html")), "by shots");
  });

  it("are written from a list of runs, then from what is committed alone", async () => {
    const list = join(folder, "list.json");
    const cells = runs.map(({ record, ...cell }) => ({ ...cell, id: record.id }));
    await Deno.writeTextFile(list, JSON.stringify({ ...table, runs: cells }));
    for (const { record } of runs) {
      await Deno.mkdir(join(folder, "runs", record.id), { recursive: true });
      const file = join(folder, "runs", record.id, "run.json");
      await Deno.writeTextFile(file, JSON.stringify(record));
    }
    const results = join(folder, "results");
    await runTables({ results, list, runs: join(folder, "runs") });
    const first = await filesOf(join(results, "methods"));
    await checkLatex(join(results, "paper", "tables.tex"));
    await Deno.remove(join(folder, "runs"), { recursive: true });
    await runTables({ results, runs: join(folder, "runs") });
    assertEquals(await filesOf(join(results, "methods")), first);

    const missing = () => runTables({ results, list, runs: join(folder, "runs") });
    await assertRejects(missing, UserError, runs[0].record.id);
  });

  it("can be checked, and are written elsewhere if that is asked for", async () => {
    const results = join(folder, "results"), elsewhere = join(folder, "elsewhere");
    await writeSummary(join(results, "methods"), summarise(table, row("LoRA", 0.5)));
    await runTables({ results, output: elsewhere, runs: folder });
    assertEquals([...Deno.readDirSync(results)].map(({ name }) => name), ["methods"]);
    const committed = join(elsewhere, "methods");
    await Deno.copyFile(join(results, "methods", "summary.json"), join(committed, "summary.json"));
    await checkTables({ results: elsewhere });

    await Deno.writeTextFile(join(committed, "tables.csv"), "changed");
    await Deno.writeTextFile(join(committed, "former.svg"), "");
    const error = await assertRejects(() => checkTables({ results: elsewhere }), Error);
    for (const part of ["2 files", join(committed, "tables.csv"), "former.svg is of no table"]) {
      assertStringIncludes(error.message, part);
    }
    assertEquals(await Deno.readTextFile(join(committed, "tables.csv")), "changed");
  });

  it("refuse a list whose runs lie elsewhere", async () => {
    const list = join(folder, "list.json");
    const [{ record: _, ...cell }] = runs;
    for (const id of ["../elsewhere", "/elsewhere", ".."]) {
      await Deno.writeTextFile(list, JSON.stringify({ ...table, runs: [{ ...cell, id }] }));
      await assertRejects(
        () => runTables({ results: folder, list, runs: folder }),
        UserError,
        "runs.0.id",
      );
    }
  });

  it("refuse a summary in which two rows have the same run", async () => {
    const twin = runsOf(summary, "LoRA").map((run) => ({ ...run, label: "LoRA again" }));
    await writeSummary(join(folder, "methods"), {
      ...summary,
      rows: [...summary.rows, { label: "LoRA again" }],
      runs: [...summary.runs, ...twin],
    });
    const error = await assertRejects(
      () => runTables({ results: folder, runs: "runs" }),
      UserError,
    );
    assertStringIncludes(error.message, "two rows: LoRA, LoRA again");
  });

  it("refuse a damaged summary, naming file and field, and a folder without any", async () => {
    const [first, ...rest] = structuredClone(summary.runs);
    first.concepts.truth!.pop();
    await writeSummary(join(folder, "methods"), { ...summary, runs: [first, ...rest] });
    const error = await assertRejects(
      () => runTables({ results: folder, runs: "runs" }),
      UserError,
    );
    assertStringIncludes(error.message, "summary.json");
    assertStringIncludes(error.message, "truth");
    const empty = () => runTables({ results: join(folder, "none"), runs: "runs" });
    await assertRejects(empty, UserError, "--list");
  });
});

/** With a score whose name has an accent. */
function withFrechet(summary: Summary): Summary {
  const runs = summary.runs.map((run, i) => ({ ...run, set: { ...run.set, fid: 0.1 + i / 100 } }));
  return { ...summary, runs };
}

/** Captions, labels, the packages, and no more width than the text. */
async function checkLatex(file: string): Promise<void> {
  const text = await Deno.readTextFile(file);
  const floats = [...text.matchAll(/\\begin\{table\}.*?\\end\{table\}/gs)].map(([all]) => all);
  assert(floats.length > 0);
  assertEquals(text.match(/\\begin\{tabular\}/g)?.length, floats.length);
  for (const float of floats) {
    assertMatch(float, /\\caption\{\S.*\}\n +\\label\{tab:\S+\}/);
    assertMatch(float, /\\begin\{adjustbox\}\{max width=\\textwidth\}\n +\\begin\{tabular\}/);
    assertMatch(float, /\\end\{tabular\}\n +\\end\{adjustbox\}/);
  }
  const labels = [...text.matchAll(/\\label\{(.*?)\}/g)].map(([, label]) => label);
  assertEquals(new Set(labels).size, floats.length);
  const packages = [...text.matchAll(/^% (\\usepackage\{\w+\})$/gm)].map(([, line]) => line);
  assertEquals(packages, ["\\usepackage{booktabs}", "\\usepackage{adjustbox}"]);
  if (hasLatex) await compileLatex(packages, file);
}

/** Columns that both have are called the same. */
function assertNamesOfMarkdown(csv: string, markdown: string): void {
  const heads = csv.split("\n")[0].split(",").map((name) => name.split(": ")[0]);
  const section = markdown.split("## Likeness to the true drawing, higher is better")[1];
  const columns = section.split("\n").find((line) => line.startsWith("|"))!
    .split("|").map((cell) => cell.trim().replace(/^difference to .*/, "difference"))
    .filter((name) => name !== "" && !styles.includes(name));
  assertEquals(columns.filter((name) => !heads.includes(name)), []);
}

const hasLatex = (Deno.env.get("PATH") ?? "").split(delimiter)
  .some((folder) => existsSync(join(folder, "pdflatex")));

/** Fails where LaTeX stops, or a line is wider than the text. */
async function compileLatex(packages: readonly string[], file: string): Promise<void> {
  const document = join(dirname(file), "document.tex");
  await Deno.writeTextFile(
    document,
    [
      "\\documentclass{article}",
      ...packages,
      "\\begin{document}",
      `\\input{${basename(file)}}`,
      "\\end{document}",
    ].join("\n"),
  );
  const { code, stdout } = await new Deno.Command("pdflatex", {
    args: ["-interaction=nonstopmode", "-halt-on-error", basename(document)],
    cwd: dirname(file),
  }).output();
  const log = new TextDecoder().decode(stdout);
  assertEquals(code, 0, log.slice(-2000));
  assert(!/^Overfull \\hbox/m.test(log), log);
}

describe("numbers", () => {
  it("are rounded to what they are uncertain by", () => {
    const text = (value: number, uncertainty?: number) =>
      numberText([value], [uncertainty]).plain(value);
    assertEquals(text(0.48984, 0.0277), "0.490");
    assertEquals(text(0.48984, 0.09), "0.49");
    assertEquals(text(63.81, 0.65), "63.8");
    assertEquals(text(63.81, 12), "64");
    assertEquals(text(-0.16167), "−0.162");
    assertEquals(numberText([0, 0]).plain(0), "0.00");
  });
});

describe("the paper's votes", () => {
  it("are 400 in each style, and called votes", () => {
    const [head, ...lines] = paperTable("csv").split("\n");
    assertStringIncludes(head, "votes");
    for (const line of lines) {
      const votes = line.split(",").slice(1).map(Number);
      assertEquals(votes.reduce((sum, count) => sum + count, 0), 400);
    }
  });
});
