import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  comparisonGrid,
  fixedNoiseLossFigure,
  html,
  labelledGrid,
  renderReport,
  type ReportData,
  type Score,
  scriptJson,
  textLines,
  textWidth,
  writeReport,
  xyGrid,
} from "specialist/figures";
import { plainImage } from "specialist/data";
import { scoreText, verdict } from "specialist/figures/report_scores.ts";
import { renderTable } from "specialist/internal/runtime/mod.ts";

const hostile = `</script><img src=x onerror="alert('1')">&`;

function plain(red: number, green: number, blue: number, width = 4, height = 4) {
  const pixel = [red, green, blue];
  return {
    width,
    height,
    data: Uint8Array.from({ length: 3 * width * height }, (_, i) => pixel[i % 3]),
  };
}

const kid: Score = {
  metric: "KID",
  better: "lower",
  before: 0.1421,
  after: 0.0412,
  interval: { low: -0.118, high: -0.087 },
};

const comparison = {
  concept: "red apple",
  caption: "a red apple in flat style",
  before: plain(200, 0, 0),
  after: plain(0, 200, 0),
  truth: plain(0, 0, 200),
};

const report: ReportData = {
  title: "Flat, learned from 8 images",
  headline: "KID falls.",
  run: { id: "3f2a9c", finishedAt: new Date(0) },
  highlights: [{ label: "KID", value: "0.142 → 0.041", note: "lower is better" }],
  shots: [{ image: plain(1, 2, 3), caption: "an owl" }],
  comparisons: [{ ...comparison, scores: [kid] }],
  curves: [{
    title: "Fixed-noise loss",
    description: "It falls.",
    figure: fixedNoiseLossFigure({ shots: [{ step: 0, value: 1 }], heldOut: [] }),
  }],
  scores: [kid],
  config: { steps: 1000 },
  provenance: { seed: "7", command: "deno task demo" },
  cost: { phases: [{ name: "fine-tuning", seconds: 372 }], peakMemoryBytes: 2.4e9 },
};

/** The page without its scripts' code. */
async function markup(data: ReportData): Promise<string> {
  return (await renderReport(data)).replaceAll(/<script>[^]*?<\/script>/g, "");
}

describe("report", () => {
  it("shows every part of its data", async () => {
    const page = await markup(report);
    for (
      const text of [
        report.title,
        report.headline,
        "run 3f2a9c",
        "an owl",
        "red apple",
        "true drawing",
        "It falls.",
        "deno task demo",
        "6m 12s",
        "2.4 GB",
        "−0.118 to −0.087",
        "▲ better",
      ]
    ) assertStringIncludes(page, text);
  });

  it("describes each image and each curve in words", async () => {
    const page = await markup(report);
    const alts = [...page.matchAll(/<img [^>]*alt="([^"]*)"/g)].map((match) => match[1]);
    assertEquals(alts, [
      "Shot: an owl",
      "red apple, before fine-tuning",
      "red apple, after fine-tuning",
      "red apple, true drawing",
    ]);
    assertStringIncludes(page, `aria-label="Fixed-noise loss. It falls."`);
  });

  it("loads nothing from elsewhere", async () => {
    const page = await markup(report);
    assertStringIncludes(page, "default-src &#39;none&#39;");
    const links = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1]);
    assert(links.length > 0 && links.every((link) => link.startsWith("data:")));
    assert(!/@import|url\(/.test(page));
  });

  it("carries figures that read back as they were", async () => {
    const page = await renderReport(report);
    const json = page.match(/<script type="application\/json">([^]*?)<\/script>/)![1];
    assertEquals(JSON.parse(json), report.curves[0].figure);
  });

  it("leaves the true drawing out where it is unknown", async () => {
    const page = await markup({ ...report, comparisons: [{ ...comparison, truth: undefined }] });
    assert(!page.includes("true drawing"));
  });

  it("escapes whatever text it is given", async () => {
    const figure = fixedNoiseLossFigure({ shots: [], heldOut: [] });
    const page = await markup({
      ...report,
      title: hostile,
      headline: hostile,
      run: { ...report.run, id: hostile },
      highlights: [{ label: hostile, value: hostile, note: hostile }],
      shots: [{ ...report.shots[0], caption: hostile }],
      comparisons: [{ ...comparison, concept: hostile, caption: hostile }],
      curves: [{
        title: hostile,
        description: hostile,
        figure: { ...figure, data: [{ name: hostile }] },
      }],
      scores: [{ ...kid, metric: hostile, description: hostile }],
      config: { [hostile]: hostile },
      provenance: { [hostile]: hostile },
      cost: { phases: [{ name: hostile, seconds: 1 }] },
    });
    assert(!page.includes("<img src=x"));
    assert(!page.includes(`onerror="`));
  });

  it("replaces a report only by a whole one", async () => {
    const folder = await Deno.makeTempDir();
    const path = `${folder}/report.html`;
    await writeReport(path, report);
    const first = await Deno.readTextFile(path);
    assertStringIncludes(first, "</html>");
    const broken = { ...comparison, after: { width: 9, height: 9, data: new Uint8Array(1) } };
    await assertRejects(() => writeReport(path, { ...report, comparisons: [broken] }));
    assertEquals(await Deno.readTextFile(path), first);
    assertEquals([...Deno.readDirSync(folder)].map((entry) => entry.name), ["report.html"]);
    await Deno.remove(folder, { recursive: true });
  });
});

describe("the scores of a report", () => {
  it("show the style's own where it is known, and no verdict where no direction is better", async () => {
    const drift: Score = {
      metric: "drift",
      before: 0,
      after: 0.2,
      interval: { low: 0.1, high: 0.3 },
    };
    const style: Score = { metric: "style", better: "higher", before: 0.5, after: 0.6, own: 0.75 };
    const row = (page: string, metric: string) =>
      page.split("<tr>").find((row) => row.includes(`<th scope="row">${metric}`))!;
    const page = await markup({ ...report, scores: [style, drift] });
    assertStringIncludes(row(page, "style"), "0.750");
    assert(!/better|worse|no clear change/.test(row(page, "drift")));
    assertStringIncludes(page, "the style's own");
    assert(!(await markup(report)).includes("the style's own"));
  });
});

describe("html", () => {
  it("escapes text, keeps HTML, joins lists and drops undefined", () => {
    const item = html`<b title="${'"'}">${"<"}</b>`;
    assertEquals(
      html`<p>${[item, "&", 1]}${undefined}</p>`.source,
      `<p><b title="&quot;">&lt;</b>&amp;1</p>`,
    );
  });

  it("keeps JSON inside its script", () => {
    const { source } = scriptJson({ text: hostile });
    assert(!source.includes("<"));
    assertEquals(JSON.parse(source), { text: hostile });
  });
});

describe("scores", () => {
  const score = (changes: Partial<Score>) => verdict({ ...kid, ...changes });

  it("judges a change by the metric's direction", () => {
    assertEquals(score({}), "better");
    assertEquals(score({ better: "higher" }), "worse");
  });

  it("claims nothing where the interval holds zero or nothing changed", () => {
    assertEquals(score({ interval: { low: -0.2, high: 0.01 } }), "unclear");
    assertEquals(score({ after: kid.before, interval: undefined }), "unclear");
    assertEquals(score({ after: NaN, interval: undefined }), "unclear");
  });

  it("rounds before, after, change and interval alike", () => {
    assertEquals(scoreText(kid), {
      before: "0.142",
      after: "0.041",
      change: "−0.101",
      percent: "−71\u202f%",
      interval: "−0.118 to −0.087",
    });
    const clip = scoreText({ metric: "CLIP score", better: "higher", before: 0, after: 28.82 });
    assertEquals([clip.before, clip.after, clip.change, clip.percent], [
      "0.0",
      "28.8",
      "+28.8",
      undefined,
    ]);
  });
});

describe("comparison grid", () => {
  it("has a row for each concept and before, after and truth side by side", async () => {
    const grid = await comparisonGrid([comparison, comparison]);
    const colour = (
      x: number,
      y: number,
    ) => [...grid.data.slice(3 * (y * grid.width + x)).slice(0, 3)];
    const { width, height } = grid;
    assertEquals(grid.data.length, 3 * width * height);
    assertEquals(colour(width - 8 - 2 * 136 - 64, height - 70), [200, 0, 0]);
    assertEquals(colour(width - 8 - 136 - 64, height - 70), [0, 200, 0]);
    assertEquals(colour(width - 8 - 64, height - 70), [0, 0, 200]);
  });

  it("writes the concept next to its row", async () => {
    const grid = await comparisonGrid([comparison]);
    const dark = grid.data.filter((value, i) =>
      i % 3 === 0 && i / 3 % grid.width < 150 && value < 90
    );
    assert(dark.length > 50);
  });

  it("has several lines above columns, of which one reaches over columns without one", async () => {
    const image = plainImage(2, 2, [0, 0, 200]);
    const drawn = async (heads: [string, string]) => {
      const grid = await labelledGrid({
        columns: heads.map((head) => [head, "x"]),
        rows: [{ label: "row", images: [image, undefined] }],
        labelWidth: 60,
      });
      assertEquals(grid.width, 60 + 2 * 136);
      const right = 60 + 136; // of the first column
      const ink = grid.data.filter((value, i) => {
        const [x, y] = [i / 3 % grid.width, i / 3 / grid.width];
        return i % 3 === 0 && x > right && y < 24 && value < 90;
      }).length;
      return { ink, height: grid.height };
    };
    const long = "a name of a style that is long";
    const wide = await drawn([long, ""]);
    assert(wide.ink > 20);
    assertEquals(wide.height, 50 + 136);
    // In two lines, where the next column has a name of its own.
    assertEquals(await drawn([long, " "]), { ink: 0, height: 70 + 136 });
  });

  it("over two options shows images in their own size, unless it is tiny or huge", async () => {
    const height = async (side: number) => (await xyGrid({}, [[plainImage(side, side)]])).height;
    const [tiny, own, huge] = [await height(8), await height(200), await height(999)];
    assertEquals([own - tiny, huge - tiny], [200 - 128, 256 - 128]);
  });

  it("shows whole captions, in as many lines as they take, inside its edges", async () => {
    const prompt = "an astronaut who rides a horse on the moon while it rains and " +
      "Donaudampfschifffahrtsgesellschaftskapitän sings, ";
    assertEquals(
      textLines(prompt, 15, 100).join(" ").replaceAll(/\s/g, ""),
      prompt.replaceAll(/\s/g, ""),
    );
    for (const line of textLines(prompt, 15, 100)) assert(textWidth(line, 15) <= 100, line);
    const { height } = await comparisonGrid([comparison]);
    const long = await comparisonGrid([{ ...comparison, concept: prompt.repeat(3) }, comparison]);
    const rows = [...long.data].flatMap((value, i) => {
      const x = i / 3 % long.width;
      return i % 3 === 0 && x < 142 && value < 90 ? [Math.floor(i / 3 / long.width)] : [];
    });
    assert(long.height > 2 * height + 100);
    assert(Math.min(...rows) > 30 && Math.max(...rows) < long.height - 8);
    const edge = long.data.filter((value, i) =>
      i % 3 === 0 && i / 3 % long.width < 2 && value < 90
    );
    assertEquals(edge.length, 0);
  });

  it("is narrower where no truth is known", async () => {
    const known = await comparisonGrid([comparison]);
    const unknown = await comparisonGrid([{ ...comparison, truth: undefined }]);
    assert(unknown.width < known.width);
  });
});

describe("renderTable", () => {
  const columns = [
    { title: "metric", value: (row: { metric: string; after: number }) => row.metric },
    {
      title: "after",
      value: (row: { after: number }) => row.after.toFixed(2),
      align: "right" as const,
    },
  ];
  const rows = [{ metric: "KID", after: 0.041 }, { metric: "CLIP | score", after: 27.9 }];

  it("aligns a table on the terminal", () => {
    assertEquals(renderTable(rows, columns).split("\n"), [
      "metric        after",
      "────────────────────",
      "KID            0.04",
      "CLIP | score  27.90",
    ]);
  });

  it("escapes what Markdown would read as a cell's end, or as HTML", () => {
    const [, , line] = renderTable([{ word: "<style>" }], [
      { title: "word", value: ({ word }) => word },
    ], "markdown").split("\n");
    assertStringIncludes(line, "\\<style>");

    const lines = renderTable(rows, columns, "markdown").split("\n");
    assertEquals(lines.length, 4);
    assertStringIncludes(lines[1], "-:");
    assertStringIncludes(lines[3], "CLIP \\| score");
  });

  it("has long heads in several lines in LaTeX", () => {
    const text = renderTable([1], [
      { title: "difference to Specialist Diffusion", value: (row) => `${row}`, align: "right" },
    ], "latex");
    assertStringIncludes(text, "  \\shortstack[r]{difference to\\\\Specialist\\\\Diffusion} \\\\");
  });

  it("is ruled by booktabs in LaTeX, with its characters escaped", () => {
    assertEquals(
      renderTable([{ metric: "50 % & < −1_a", after: 1 }], columns, "latex").split("\n"),
      [
        "\\begin{tabular}{lr}",
        "  \\toprule",
        "  metric & after \\\\",
        "  \\midrule",
        "  50 \\% \\& $<$ $-$1\\_a & 1.00 \\\\",
        "  \\bottomrule",
        "\\end{tabular}",
      ],
    );
  });

  it("quotes what CSV would read as a field's end", () => {
    const text = renderTable([{ metric: 'a, "b"', after: 1 }, rows[0]], columns, "csv");
    assertEquals(text, 'metric,after\n"a, ""b""",1.00\nKID,0.04');
  });
});
