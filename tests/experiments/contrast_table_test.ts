import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  contrastFigures,
  type ContrastRow,
  contrastTable,
  effectsTable,
} from "experiments/study/contrast_table.ts";
import { estimateContrast, judgeContrasts } from "specialist/evaluation";

const contrast = (
  name: string,
  score: string,
  mean: number,
  spread: number,
  registered = true,
) => ({
  ...{ name, score, registered },
  better: "higher" as const,
  margin: score === "likeness" ? 0.01 : 0.5,
  backends: ["TensorFlow"],
  runs: 96,
  estimate: estimateContrast([-1, 0, 1].map((block) => ({
    style: "noto",
    values: [-1, 0, 1].map((concept) => mean + spread * (block + concept)),
  }))),
});

const rows: ContrastRow[] = judgeContrasts([
  contrast("transforms", "likeness", 0.03, 0.001),
  contrast("captions", "likeness", 0.001, 0.001),
  contrast("transforms", "content", -2.5, 3),
  contrast("transforms at 1 shot", "likeness", 0.03, 0.001, false),
]);

const cellsOf = (line: string) => line.split("|").slice(1, -1).map((cell) => cell.trim());

describe("the table of contrasts", () => {
  const [head, , ...body] = contrastTable(rows, "markdown").split("\n").map(cellsOf);
  const column = (title: string) => body.map((cells) => cells[head.indexOf(title)]);

  it("says what each contrast comes to, and from which runs", () => {
    assertEquals(column("contrast"), rows.map(({ name }) => name));
    assertEquals(column("verdict"), ["better", "equivalent", "undecided", "better (exploratory)"]);
    assertEquals(column("runs"), Array(4).fill("96"));
    assertEquals(column("backend"), Array(4).fill("TensorFlow"));
  });

  it("writes each score with its own decimals", () => {
    assertEquals(column("estimate"), ["+0.0300", "+0.0010", "−3", "+0.0300"]);
    assertEquals(column("margin"), ["±0.01", "±0.01", "±0.5", "±0.01"]);
  });

  it("corrects p of registered contrasts, and says where it did not", () => {
    const uncorrected = column("p (Holm)").map((text) => text.endsWith("uncorrected"));
    assertEquals(uncorrected, [false, false, false, true]);
  });

  it("has all digits as CSV, the interval also of what is called equivalent", () => {
    const [head, ...lines] = contrastTable(rows, "csv").split("\n").map((line) => line.split(","));
    assertEquals(lines.map(({ length }) => length), Array(4).fill(head.length));
    const [low, high] = ["low", "high"].map((name) =>
      Number(lines[1][head.indexOf(`95 % interval: ${name}`)])
    );
    assertEquals({ low, high }, { low: rows[1].estimate.low, high: rows[1].estimate.high });
    assertEquals(lines[3][head.indexOf("p (Holm)")], "");
    // Columns that both have are called the same.
    const readable = cellsOf(contrastTable(rows, "markdown").split("\n")[0]);
    const known = (name: string) => head.some((other) => other.split(": ")[0] === name);
    assertEquals(readable.filter((name) => !known(name)), []);
  });
});

describe("the table of effects", () => {
  it("has a row for each score and a column for each contrast", () => {
    const [head, , likeness, content] = effectsTable(rows).split("\n").map(cellsOf);
    assertEquals(head, ["score", "transforms", "captions", "transforms at 1 shot"]);
    assertEquals(likeness[0], "likeness ↑");
    assertMatch(likeness[1], /^\+0\.0300 \(\+0\.0\d+ to \+0\.0\d+\), better$/);
    assertMatch(likeness[2], /equivalent$/);
    assertEquals(content.slice(2), ["–", "–"]);
  });
});

describe("the figures of contrasts", () => {
  it("are one for each score, with its band of equivalence", () => {
    const [likeness, content] = contrastFigures(rows);
    assertEquals([likeness.title, content.title], ["Likeness", "Content"]);
    assertEquals(likeness.figure.layout.shapes?.[0].x1, 0.01);
    assertEquals(content.figure.layout.shapes?.[0].x1, 0.5);
    assertEquals(likeness.figure.layout.yaxis?.categoryarray, [
      "transforms",
      "captions",
      "transforms at 1 shot (exploratory)",
    ]);
  });
});
