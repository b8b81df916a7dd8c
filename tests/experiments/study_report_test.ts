import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import type { ContrastRow } from "experiments/study/contrast_table.ts";
import { decideGate, fallback, gateSentence, readGate } from "experiments/study/gate_report.ts";
import { drawGrid, grids } from "experiments/study/grids.ts";
import { frontOf, ours } from "experiments/study/methods_report.ts";
import { cells, regime } from "experiments/study/parts.ts";
import {
  all,
  type Evidence,
  gainsAtLeast,
  gainsNothing,
  improves,
  isEquivalent,
  predictionsOf,
  some,
} from "experiments/study/predictions.ts";
import { emptyStage, reportStage, type StageName } from "experiments/study/stages.ts";
import { runStudy } from "experiments/study/study.ts";
import { type Summary, writeSummary } from "experiments/tables/mod.ts";
import { runTables, tablesCommand } from "experiments/tables/tables.ts";
import { loadEmoji, plainImage, writePng } from "specialist/data";
import { blockIn, UserError } from "specialist/internal/runtime/mod.ts";
import { backend, gateSummary, partsSummary, stageSummary } from "./study_summaries.ts";

const design = { cells, regime };

function reported(name: StageName, summary: Summary, evidence: Evidence = {}) {
  const stage = reportStage(name, summary, { planned: 96, design, evidence });
  const row = (contrast: string, score: string): ContrastRow =>
    stage.contrasts.find((row) => row.name === contrast && row.score === score)!;
  return { stage, row, evidence };
}

describe("Stage 1", () => {
  const { stage, row } = reported(
    "parts",
    partsSummary({
      transforms: { likeness: 0.05, gap: -0.02 },
      captions: { paraphrase: 3 },
      "content loss": { content: -4 },
    }),
  );

  it("finds the effects that the runs were made with, and judges them", () => {
    const found = (part: string, score: string) => {
      const { estimate, verdict } = row(part, score);
      assert(estimate.low <= estimate.value && estimate.value <= estimate.high);
      return { value: estimate.value, verdict };
    };
    const transforms = found("transforms", "likeness");
    assertAlmostEquals(transforms.value, 0.05, 0.002);
    assertEquals(transforms.verdict, "better");
    assertEquals(found("captions", "likeness").verdict, "equivalent");
    const content = found("content loss", "content");
    assertAlmostEquals(content.value, -4, 0.1);
    assertEquals(content.verdict, "worse");
    assertEquals(found("captions", "content").verdict, "equivalent");
    const paraphrases = found("captions", "content, paraphrases");
    assertAlmostEquals(paraphrases.value, 3, 0.1);
    assertEquals(paraphrases.verdict, "better");
    const gap = found("transforms", "overfitting gap (over blocks)");
    assertAlmostEquals(gap.value, -0.02, 0.001);
    assertEquals(gap.verdict, "better");
  });

  it("corrects the eight registered contrasts for one another, and no others", () => {
    const registered = stage.contrasts.filter(({ registered }) => registered);
    assertEquals(registered.length, 8);
    assertEquals(new Set(registered.map(({ score }) => score)), new Set(["likeness", "content"]));
    assert(
      stage.contrasts.every(({ registered, adjustedPValue }) =>
        registered === (adjustedPValue !== undefined)
      ),
    );
  });

  it("has a figure for likeness and for content, and levels against the drawings", () => {
    assertEquals(stage.figures.map(({ file }) => file), [
      "parts-likeness.svg",
      "parts-content.svg",
    ]);
    const levels = stage.body.find((text) => text.includes("overfitting gap ↓"))!;
    const plain = levels.split("\n").find((line) => line.includes("none of the parts"))!;
    const cellsOf = (line: string) => line.split("|").slice(1, -1).map((cell) => cell.trim());
    const [head] = levels.split("\n");
    const contentLevel = cellsOf(plain)[cellsOf(head).indexOf("content ↑")];
    assertAlmostEquals(Number(contentLevel.replace("−", "-")), -2, 0.2); // 60 of the drawings' 62
  });

  it("leaves a block out where one of its runs is missing or had a step that was not finite", () => {
    const whole = partsSummary({});
    const estimated = (summary: Summary) =>
      reported("parts", summary).row("transforms", "likeness").estimate.blocks;
    assertEquals(estimated(whole), 12);
    assertEquals(estimated({ ...whole, runs: whole.runs.slice(1) }), 11);
    const [first, ...rest] = whole.runs;
    const broken = { ...whole, runs: [{ ...first, skippedSteps: 1 }, ...rest] };
    assertEquals(estimated(broken), 11);
    assertEquals(reported("parts", broken).stage.failed, [first.id]);
  });

  it("says so where there are too few blocks", () => {
    const whole = partsSummary({});
    const seeds = new Set([1, 11, 21]);
    const few = { ...whole, runs: whole.runs.filter(({ seed }) => seeds.has(seed)) };
    const { stage } = reported("parts", few);
    assertEquals(stage.contrasts, []);
    assertStringIncludes(stage.body[0], "not yet enough complete blocks");
  });

  it("refuses runs of different backends, and names them", () => {
    const whole = partsSummary({});
    const [first, ...rest] = whole.runs;
    for (const other of ["TensorFlow on CUDA", `${backend}, then TensorFlow on CUDA`]) {
      const mixed = { ...whole, runs: [{ ...first, backend: other }, ...rest] };
      const error = assertThrows(() => reported("parts", mixed), UserError);
      assertStringIncludes(error.message, first.id);
      assertStringIncludes(error.message, "CUDA");
    }
  });
});

describe("the gate", () => {
  it("opens where plain fine-tuning overfits and copies, and takes two shots first", () => {
    const rows = readGate(gateSummary({ 1: 0.4, 2: 0.2, 8: 0.05 }, 0.02));
    const chosen = decideGate(rows)!;
    assertEquals([chosen.shots, chosen.steps, chosen.peak], [2, 200, 1e-4]);
    assertAlmostEquals(chosen.none!.rise, 0.2, 1e-9);
    assertAlmostEquals(chosen.none!.nearest, 0.02, 0.002);
    assertAlmostEquals(chosen.full!.rise, 0, 1e-9);
    const sentence = gateSentence(rows, chosen);
    assertStringIncludes(sentence, "opens in 4 of 12 regimes");
    assertStringIncludes(sentence, "2 shots, 200 steps at a rate of 0.0001");
    assertStringIncludes(sentence, "20.0 % above");
    assertStringIncludes(sentence, "`parts.ts` runs in this regime");
    const other = gateSentence(rows, { ...chosen, steps: 1000 });
    assertStringIncludes(other, "**`parts.ts` is set to another regime**");
  });

  it("takes a regime of 1,000 steps before shorter and longer ones", () => {
    const [row] = readGate(gateSummary({ 2: 0.2 }, 0.02)).filter(({ steps }) => steps === 200);
    const rows = [200, 1000, 2000].map((steps) => ({ ...row, steps }));
    assertEquals(decideGate(rows)!.steps, 1000);
    assertEquals(decideGate(rows.map((row) => ({ ...row, shots: 8 })).concat(rows[0]))!.shots, 2);
  });

  it("is about a run that ends there: a loss that falls later is no reason to open", () => {
    const summary = gateSummary({ 8: -0.3 }, 0.02);
    assertEquals(decideGate(readGate(summary)), undefined);
  });

  it("stays shut where images are no nearer to the shots than the drawings are", () => {
    const rows = readGate(gateSummary({ 1: 0.4, 8: 0.3 }, -0.02));
    assertEquals(decideGate(rows), undefined);
    const sentence = gateSentence(rows, fallback);
    assertStringIncludes(sentence, "opens in none of 8 regimes");
    assertStringIncludes(sentence, "nothing to repair");
  });
});

describe("the rules of predictions", () => {
  const interval = (low: number, high: number) => ({ estimate: { low, high } });

  it("compare the whole interval with what was predicted at least", () => {
    assertEquals(gainsAtLeast(interval(0.031, 0.05), 0.03), "confirmed");
    assertEquals(gainsAtLeast(interval(0.01, 0.029), 0.03), "refuted");
    assertEquals(gainsAtLeast(interval(0.01, 0.05), 0.03), "not decided");
  });

  it("go by the verdict otherwise", () => {
    const verdicts = ["better", "worse", "equivalent", "undecided"] as const;
    const outcomes = (rule: typeof improves) => verdicts.map((verdict) => rule({ verdict }));
    const [yes, no, open] = ["confirmed", "refuted", "not decided"] as const;
    assertEquals(outcomes(improves), [yes, no, no, open]);
    assertEquals(outcomes(gainsNothing), [no, yes, yes, open]);
    assertEquals(outcomes(isEquivalent), [no, no, yes, open]);
  });

  it("join several: one refuted claim about all, or one confirmed about some, is enough", () => {
    assertEquals(all(["confirmed", "not decided", "refuted"]), "refuted");
    assertEquals(all(["confirmed", "not decided"]), "not decided");
    assertEquals(all(["confirmed", "confirmed"]), "confirmed");
    assertEquals(some(["refuted", "confirmed"]), "confirmed");
    assertEquals(some(["refuted", "not decided"]), "not decided");
    assertEquals(some(["refuted", "refuted"]), "refuted");
    assertEquals([all([]), some([])], ["not decided", "not decided"]);
  });
});

const doses = (...amounts: [string, number][]) =>
  amounts.map(([label, gain]) => ({ label, shots: 2, level: { content: gain } }));

describe("predictions", () => {
  const outcomes = (evidence: Evidence) =>
    predictionsOf(evidence).map(({ id, outcome }) => `${id} ${outcome}`);

  it("are not run yet without any stage", () => {
    const ids = ["P1", "P1", "P1", "P2", "P2", "P3", "P3", "P3", "P4"];
    assertEquals(outcomes({}), ids.map((id) => `${id} not run yet`));
  });

  it("come out as they must for effects that are known", () => {
    const evidence: Evidence = {};
    reported(
      "parts",
      partsSummary({
        transforms: { likeness: 0.05, gap: -0.02 },
        captions: { content: 2, paraphrase: 3 },
      }),
      evidence,
    );
    reported(
      "content_dose",
      stageSummary("content_dose", doses(["0 %", 0], ["3 %", 0], ["10 %", 1.5], ["100 %", 3])),
      evidence,
    );
    const probabilities = doses(["0", 0], ["0.2", 0], ["0.5", 0], ["1", 0]);
    const early = "transform_dose_early";
    reported(early, stageSummary(early, probabilities), evidence);
    reported(
      "grid_dose",
      stageSummary(
        "grid_dose",
        doses(["all timesteps", 0], ["grid of 10", -3], ["grid of 25", 0], ["grid of 100", 0]),
      ),
      evidence,
    );
    assertEquals(outcomes(evidence), [
      ...["P1 confirmed", "P1 confirmed", "P1 confirmed"],
      ...["P2 confirmed", "P2 refuted"],
      ...["P3 confirmed", "P3 confirmed", "P3 not decided"],
      "P4 confirmed",
    ]);
    const [, gain] = predictionsOf(evidence);
    assertStringIncludes(gain.measured, "transforms, likeness: +0.0");
  });

  it("are refuted by the opposite", () => {
    const evidence: Evidence = {};
    reported(
      "parts",
      partsSummary({ transforms: { likeness: 0.005, gap: 0.02 } }),
      evidence,
    );
    reported(
      "content_dose",
      // Content without the loss is above the drawings' in one style, below it in two.
      stageSummary(
        "content_dose",
        [["0 %", 0], ["3 %", 2], ["10 %", 0], ["30 %", 0]].map(([label, gain]) => ({
          label: `${label}`,
          shots: 2,
          level: (style) => {
            const start = style === "openmoji" ? 5 : 0;
            const more = style === "openmoji" && `${label}`.length > 3 ? 2 : 0;
            return { content: start + more + Number(gain) };
          },
        })),
      ),
      evidence,
    );
    reported(
      "grid_dose",
      stageSummary("grid_dose", doses(["all timesteps", 0], ["25", 0], ["100", 2])),
      evidence,
    );
    assertEquals(outcomes(evidence), [
      ...["P1 refuted", "P1 refuted", "P1 not run yet"],
      ...["P2 refuted", "P2 confirmed"],
      // A gain in one of three fixed styles is a gain of their mean.
      ...["P3 confirmed", "P3 refuted", "P3 refuted"],
      "P4 refuted",
    ]);
    reported(
      "content_dose",
      stageSummary("content_dose", doses(["0 %", 0], ["3 %", 0], ["10 %", 0], ["30 %", -1])),
      evidence,
    );
    assertEquals(outcomes(evidence)[5], "P3 refuted");
  });
});

describe("a dose stage", () => {
  it("compares every dose with none, in a figure from the lowest to the highest", () => {
    const { stage, row } = reported(
      "content_dose",
      stageSummary("content_dose", doses(["100 %", 3], ["0 %", 0], ["3 %", 0])),
    );
    assertEquals(row("100 %", "content").verdict, "better");
    assertEquals(row("3 %", "content").verdict, "equivalent");
    const [, { file, curve: { figure } }] = stage.figures;
    assertEquals(file, "content_dose-content.svg");
    assertEquals(figure.layout.xaxis!.categoryarray, ["0 %", "3 %", "100 %"]);
    assertEquals(figure.layout.shapes![0].y1, 0.5);
  });
});

describe("Stage 2", () => {
  it("has fronts of the settings that no other beats in both", () => {
    const settings = [[1, 5], [2, 4], [1.5, 3], [3, 1], [3, 2]]
      .map(([content, likeness]) => ({ content, likeness }));
    const front = frontOf(settings).map(({ content, likeness }) => [content, likeness]);
    assertEquals(front, [[1, 5], [2, 4], [3, 2]]);
  });

  it("shows the front and the chosen settings of each method", () => {
    const { stage } = reported(
      "tuning",
      stageSummary("tuning", [
        { label: "LoRA · 0.001", shots: 8, level: { likeness: 0.1 } },
        { label: "LoRA · 0.002", shots: 8, level: { likeness: 0.2, content: -1 } },
        { label: "LoRA · 0.004", shots: 8, level: { likeness: 0.1, content: -2 } },
      ], { sets: 1 }),
    );
    const [line] = stage.figures[0].curve.figure.data as { name: string; y: number[] }[];
    assertEquals(line.name, "LoRA");
    assertEquals(line.y.map((value) => value.toFixed(1)), ["0.8", "0.7"]);
    assertStringIncludes(stage.body[1], "0.002, 100 steps");
  });

  it("compares methods with ours, and few shots with as many", () => {
    const { row } = reported(
      "methods",
      stageSummary("methods", [
        { label: ours, shots: 8, level: { likeness: 0.05 } },
        { label: "LoRA", shots: 8, level: {} },
        { label: "DreamBooth", shots: 8, level: { likeness: 0.05 } },
      ]),
    );
    assertEquals(row("LoRA", "likeness").verdict, "worse");
    assertEquals(row("DreamBooth", "likeness").verdict, "equivalent");

    const few = reported(
      "few_shots",
      stageSummary("few_shots", [
        { label: `${ours} · 1 shot`, shots: 1, level: {} },
        { label: "LoRA · 1 shot", shots: 1, level: { content: 2 } },
        { label: `${ours} · 2 shots`, shots: 2, level: { content: 3 } },
        { label: "LoRA · 2 shots", shots: 2, level: { content: 2 } },
      ], { sets: 2 }),
    );
    assertEquals(few.row("LoRA · 1 shot", "content").verdict, "better");
    assertEquals(few.row("LoRA · 2 shots", "content").verdict, "worse");
    const [, content] = few.stage.figures;
    const lines = content.curve.figure.data as { name: string; x: number[]; y: number[] }[];
    assertEquals(lines.map(({ name, x }) => [name, ...x]), [[ours, 1, 2], ["LoRA", 1, 2]]);
    assertEquals(lines[0].y.map(Math.round), [-2, 1]);
  });
});

describe("image grids", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await Deno.makeTempDir();
  });
  afterEach(() => Deno.remove(folder, { recursive: true }));

  const shown = (name: string, labels: string[]) => {
    const summary = stageSummary(
      "methods",
      labels.map((label) => ({ label, shots: 8, level: {} })),
    );
    return grids.find((grid) => grid.name === name)!.rows(summary).map(({ label }) => label);
  };

  it("show methods, the learned word, ours over shots, and every cell", () => {
    const methods = ["DreamBooth", "textual inversion", "textual inversion + ours", ours];
    assertEquals(shown("images-methods", methods), methods);
    assertEquals(shown("images-word", methods), methods.slice(1));
    const rows = [`${ours} · 1 shot`, "LoRA · 1 shot", `${ours} · 8 shots`];
    assertEquals(shown("images-shots", rows), ["1 shot", "8 shots"]);
    const [none, ...others] = shown("images-parts", Object.keys(cells));
    assertEquals([none, others.at(-1), others.length], [
      "none of the parts",
      "all of the parts",
      7,
    ]);
  });

  it("are drawn from the runs' folders, and count what is missing there", async () => {
    const emoji = await loadEmoji();
    const known = emoji.images("openmoji").ids.slice(0, 24);
    const summary = { ...partsSummary({}), concepts: known };
    const rows = grids.find(({ name }) => name === "images-parts")!.rows(summary);
    const missing = await drawGrid(summary, rows, { runs: folder, emoji });
    assertEquals(missing, { missing: 3 * 2 * 9 });

    for (const { id, seed } of summary.runs) {
      for (const when of ["before", "after"]) {
        await Deno.mkdir(join(folder, id, "samples", when), { recursive: true });
        for (const concept of known) {
          const image = plainImage(
            8,
            8,
            when === "after" && seed % 10 === 1 ? [255, 0, 0] : [0, 0, 255],
          );
          await writePng(join(folder, id, "samples", when, `${concept}.png`), image);
        }
      }
    }
    const grid = await drawGrid(summary, rows, { runs: folder, emoji });
    assert("data" in grid);
    const pixel = (
      x: number,
      y: number,
    ) => [...grid.data.slice(3 * (y * grid.width + x)).slice(0, 3)];
    const column = grid.width - 6 * 136 + 64;
    assertEquals(pixel(column, grid.height - 72), [255, 0, 0]); // the last cell's first set of shots
    assertEquals(pixel(column, grid.height - 8 * 136 - 72), [0, 0, 255]); // the base model
    assertEquals(grid.height, 70 + 10 * 136); // a concept's name has two lines
  });
});

describe("the study's page", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await Deno.makeTempDir();
  });
  afterEach(() => Deno.remove(folder, { recursive: true }));

  const write = (name: string, summary: Summary) => writeSummary(join(folder, name), summary);
  const read = (name = "README.md") => Deno.readTextFile(join(folder, name));
  const study = () => runStudy({ output: folder, runs: join(folder, "runs") });

  it("lists stages that were not run with the command that runs them", async () => {
    await study();
    const page = await read();
    assertStringIncludes(page, "not run yet: `deno task sweep experiments/study/gate.ts`");
    assertStringIncludes(page, "0 of 48");
    assertEquals(page.match(/\*\*not run yet\*\*/g)!.length, 9);
    await assertRejects(
      () => runStudy({ output: join(folder, "none"), runs: folder }),
      UserError,
      "output",
    );
    assertEquals(emptyStage("gate", 48).finished, 0);
  });

  it("has predictions, figures and tables of the stages that were run", async () => {
    await write("gate", gateSummary({ 1: 0.4, 8: 0.2 }, 0.02));
    await write("parts", partsSummary({ transforms: { likeness: 0.05, gap: -0.02 } }));
    await study();
    const page = await read();
    assertStringIncludes(page, "The gate opens in 4 of 8 regimes");
    assertStringIncludes(page, "**confirmed**");
    for (const [, file] of page.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)) {
      assertStringIncludes(await read(file), "<svg");
    }
    const lines = (await read("contrasts.csv")).split("\n");
    assertStringIncludes(lines[1], "Stage 1: what each part does: transforms,likeness");
    assertStringIncludes(page, "96 of 96");
  });

  it("and the tables' block are on one page, whichever is written first", async () => {
    const results = join(folder, "results", "study");
    const at = { output: results, runs: join(folder, "runs") };
    const page = join(results, "README.md");
    const text = () => Deno.readTextFile(page);
    await writeSummary(join(results, "parts"), partsSummary({ transforms: { likeness: 0.05 } }));
    await runStudy(at);
    await runTables({ results: join(folder, "results"), runs: folder });
    await runStudy(at);
    const written = await text();
    assertStringIncludes(written, "## Predictions and outcomes");
    assertStringIncludes(written, "[parts](parts/tables.md)");

    await Deno.writeTextFile(page, `# Results\n\n${blockIn(written, tablesCommand)}\n`);
    await runStudy(at);
    assertEquals(await text(), written);
  });
});
