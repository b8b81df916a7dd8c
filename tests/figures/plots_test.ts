import { assert, assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import sharp from "sharp";
import { decodeImage, plainImage } from "specialist/data";
import {
  clipScoreFigure,
  contrastsFigure,
  courseFigure,
  distanceMatrixFigure,
  doseFigure,
  type Figure,
  figureSvg,
  fixedNoiseLossFigure,
  heatImage,
  imageGridFigure,
  learningFigure,
  linkedFigure,
  lossByTimestepFigure,
  lossHeatmapFigure,
  palette,
  partEffectsFigure,
  repetitionsFigure,
  scoreBarsFigure,
  smooth,
  stylesByName,
  tradeOffFigure,
  trainedTimestepsFigure,
  trainingLossFigure,
  trajectoryFigure,
} from "specialist/figures";

const curve = [{ step: 0, value: 0.2 }, { step: 50, value: 0.1 }, { step: 100, value: 0.08 }];

// deno-lint-ignore no-explicit-any
const traces = (figure: Figure) => figure.data as any[];

const figures = {
  fixedNoiseLoss: fixedNoiseLossFigure({ shots: curve, heldOut: curve }),
  clipScore: clipScoreFigure([{ name: "specialist", points: curve }]),
  trainingLoss: trainingLossFigure(curve),
  learning: learningFigure("seconds", "CLIP score", [{ name: "ours", points: [{ x: 1, y: 2 }] }]),
  tradeOff: tradeOffFigure(
    { title: "content", better: "higher" },
    { title: "KID", better: "lower" },
    [[60, 0.3], [64, 0.9], [58, 0.5]].map(([x, y], i) => ({
      name: "abc"[i],
      x: { value: x, interval: { low: x - 1, high: x + 2 } },
      y: { value: y },
    })),
  ),
  course: courseFigure("memory (MB)", [{ name: "ours", points: curve }]),
  scoreBars: scoreBarsFigure("KID (lower is better)", [{ name: "base", value: 0.1 }]),
  lossByTimestep: lossByTimestepFigure([{ name: "base", losses: [{ timestep: 3, value: 1 }] }]),
  lossHeatmap: lossHeatmapFigure([
    { step: 0, losses: [{ timestep: 1, value: 2 }, { timestep: 900, value: 1 }] },
    { step: 50, losses: [{ timestep: 1, value: 1 }, { timestep: 900, value: 1.5 }] },
  ], { bins: 4 }),
  distanceMatrix: distanceMatrixFigure("distance", {
    x: { title: "shot", names: ["a", "b"] },
    y: { title: "image", names: ["c"] },
    z: [[0, 1]],
  }),
  repetitions: repetitionsFigure("change of the score", [{ name: "captions", values: [1, 3] }], {
    name: "another seed",
    values: [-2, 1],
  }),
  partEffects: partEffectsFigure("change of the score", [
    { name: "captions", value: -2, interval: { low: -3, high: -1 } },
    { name: "transforms", value: 1, interval: { low: -1, high: 3 } },
  ]),
  contrasts: contrastsFigure("change of the score", [
    { name: "captions", value: 0.2, interval: { low: 0.1, high: 0.3 }, verdict: "equivalent" },
    { name: "transforms", value: -2, interval: { low: -3, high: -1 }, verdict: "worse" },
    { name: "sparse", value: 0.1, interval: { low: 0, high: 0.2 }, verdict: "equivalent" },
  ], 0.5),
  doses: doseFigure("share of the gradient", "change of the score", {
    reference: "0 %",
    doses: [
      { name: "3 %", value: 0.2, interval: { low: 0.1, high: 0.3 }, verdict: "equivalent" },
      { name: "100 %", value: -2, interval: { low: -4, high: -1 }, verdict: "worse" },
    ],
    margin: 0.5,
  }),
  trainedTimesteps: trainedTimestepsFigure([{ name: "sparse", timesteps: [1, 501] }]),
  trajectory: trajectoryFigure([
    { name: "a", points: [[0, 0, 0], [3, 3, 0], [6, 6, 0]].map(at) },
    { name: "b", points: [[0, 0, 1], [3, 3, 1], [6, 6, 1]].map(at) },
  ]),
};

function at(latents: number[], i: number) {
  return { timestep: 999 - i, latents };
}

describe("series", () => {
  it("look different from one another, thirty-six of them", () => {
    const points = Array.from({ length: 36 }, (_, i) => ({
      name: `${i}`,
      x: { value: i },
      y: { value: i },
    }));
    const goal = { title: "score", better: "higher" } as const;
    const [, ...series] = traces(tradeOffFigure(goal, goal, points));
    const looks = series.map(({ marker }) => `${marker.color} ${marker.symbol}`);
    assertEquals(new Set(looks).size, 36);
  });
});

describe("looks by name", () => {
  const styleOf = stylesByName([["ours"], ["LoRA", "LoRA at 1e-3"]], { base: "base model" });

  it("are the same wherever a method stands, and grey for the base", () => {
    assertEquals(styleOf("LoRA", 0), styleOf("LoRA", 5));
    assertEquals(styleOf("LoRA", 0).color, styleOf("LoRA at 1e-3", 0).color);
    assert(styleOf("LoRA", 0).symbol !== styleOf("LoRA at 1e-3", 0).symbol);
    assert(!Object.values<string>(palette).includes(styleOf("base model", 0).color));
  });

  it("stay when panels are linked, the base's grey too", () => {
    const line = (...names: string[]) => {
      const series = names.map((name) => ({ name, points: [{ x: 1, y: 2 }] }));
      return learningFigure("step", "score", series, "linear", styleOf);
    };
    const { data } = linkedFigure(
      [{ title: "left", figure: line("base model", "LoRA") }, {
        title: "right",
        figure: line("LoRA", "ours"),
      }],
      2,
      styleOf,
    );
    for (const trace of traces({ data, layout: {} })) {
      assertEquals(trace.line.color, styleOf(trace.name, 0).color);
    }
  });
});

describe("axes", () => {
  const ticksOf = async (figure: Figure) => {
    const svg = await figureSvg(figure, { width: 600, height: 400 }, "text");
    return [...svg.matchAll(/class="([xy])tick"[^>]*>.*?<text[^>]*>([^<]*)<\/text>/gs)]
      .map(([, axis, text]) => ({ axis, text }));
  };
  const learned = (points: { x: number; y: number }[]) =>
    learningFigure("learning rate", "score", [{ name: "ours", points }], "log");

  it("begin with a capital", () => {
    const { xaxis } = learned([{ x: 1, y: 1 }]).layout;
    assertEquals((xaxis!.title as { text: string }).text, "Learning rate");
  });

  it("have ticks with all their zeros, neither powers left out nor prefixes", async () => {
    for (const [from, to] of [[2.5e-5, 2e-2], [5e-5, 8e-4], [3e-4, 1.1e-3], [1, 3], [20, 9e4]]) {
      const ticks = await ticksOf(learned([{ x: from, y: -2e-4 }, { x: to, y: 1e-4 }]));
      const of = (name: string) => ticks.filter(({ axis }) => axis === name);
      const numbers = of("x").map(({ text }) => Number(text.replaceAll(",", "")));
      assert(numbers.length >= 2, `${from} to ${to} has ${numbers}`);
      for (const number of numbers) assert(number > from / 2 && number < 2 * to, `${number}`);
      for (const { text } of of("y")) assertMatch(text, /^−?0(\.000[0-9]+)?$/);
    }
  });
});

describe("plots", () => {
  for (const [name, figure] of Object.entries(figures)) {
    it(`${name} is plain JSON with titled axes`, () => {
      assertEquals(JSON.parse(JSON.stringify(figure)), figure);
      const { xaxis, yaxis } = figure.layout;
      assert(xaxis?.title && yaxis?.title);
    });
  }

  it("names and measures both fixed-noise losses", () => {
    const [shots, heldOut] = traces(figures.fixedNoiseLoss);
    assertEquals([shots.name, heldOut.name], ["shots", "held-out"]);
    assertEquals(shots.x, [0, 50, 100]);
    assertEquals(shots.y, [0.2, 0.1, 0.08]);
  });

  it("never tells two series apart by colour alone", () => {
    const [shots, heldOut] = traces(figures.fixedNoiseLoss);
    assert(shots.line.color !== heldOut.line.color);
    assert(shots.line.dash !== heldOut.line.dash);
    assert(shots.marker.symbol !== heldOut.marker.symbol);
    assert(Object.values<string>(palette).includes(shots.line.color));
  });

  it("draws a closed band behind a score that has intervals, and none without", () => {
    const points = curve.map((point) => ({
      ...point,
      low: point.value - 1,
      high: point.value + 1,
    }));
    const [band, line] = traces(clipScoreFigure([{ name: "specialist", points }]));
    assertEquals(band.x, [0, 50, 100, 100, 50, 0]);
    assertEquals(band.y, [1.2, 1.1, 1.08, -0.92, -0.9, -0.8]);
    assertEquals(line.y, [0.2, 0.1, 0.08]);
    assertEquals(figures.clipScore.data.length, 1);
  });

  it("puts interval ends around a bar, and none where there is no interval", () => {
    const interval = { low: 0.6, high: 0.9 };
    const [specialist, base] = traces(scoreBarsFigure("score", [
      { name: "specialist", value: 0.8, interval },
      { name: "base", value: 0.5 },
    ]));
    assertAlmostEquals(specialist.error_x.array[0], 0.1);
    assertAlmostEquals(specialist.error_x.arrayminus[0], 0.2);
    assertEquals(base.error_x, undefined);
  });

  it("names every bar, and grows where there are many", () => {
    const bars = (count: number) =>
      scoreBarsFigure(
        "score",
        Array.from({ length: count }, (_, i) => ({ name: `${i}`, value: i })),
      );
    assertEquals(bars(24).layout.yaxis?.dtick, 1);
    assertEquals([bars(4).layout.height, bars(24).layout.height], [undefined, 696]);
  });

  it("joins the methods that no other beats in both scores", () => {
    const [front, first] = traces(figures.tradeOff);
    assertEquals(front.x, [64, 60]);
    assertEquals(front.y, [0.9, 0.3]);
    assertEquals([first.error_x.array, first.error_x.arrayminus], [[2], [1]]);
    assertEquals(first.error_y, undefined);
    assertEquals(figures.tradeOff.layout.yaxis?.autorange, "reversed");
  });

  it("averages the loss in bins of the timestep", () => {
    const losses = [
      { timestep: 999, value: 5 },
      { timestep: 0, value: 1 },
      { timestep: 99, value: 3 },
    ];
    const [trace] = traces(lossByTimestepFigure([{ name: "base", losses }], { bins: 10 }));
    assertEquals(trace.x, [50, 950]);
    assertEquals(trace.y, [2, 5]);
    assertAlmostEquals(trace.error_y.array[0], 1);
    assertEquals(trace.error_y.array[1], 0);
  });

  it("shows a change of the loss in percent, bin by bin, and nothing where there is no loss", () => {
    const [{ x, z }] = traces(figures.lossHeatmap);
    assertEquals(x, ["0", "50"]);
    assertEquals(z, [[0, -50], [null, null], [null, null], [0, 50]]);
  });

  it("greys an ablated part's bar where its effect is not clear, as a corrected test has it", () => {
    const [clear, unclear] = traces(figures.partEffects);
    assertEquals(clear.marker.color, palette.blue);
    const colors = Object.values<string>(palette);
    assert(!colors.includes(unclear.marker.color));
    const interval = { low: 1, high: 3 };
    const tested = [true, false].map((isClear, i) => ({
      name: `${i}`,
      value: 2,
      interval,
      isClear,
    }));
    const [found, chance] = traces(partEffectsFigure("change", tested));
    assertEquals([found, chance].map(({ marker }) => colors.includes(marker.color)), [true, false]);
  });

  it("lays trajectories in the plane in which they differ most", () => {
    const [a, b] = traces(figures.trajectory);
    const length = (trace: typeof a) => Math.abs(trace.x[2] - trace.x[0]);
    assertAlmostEquals(length(a), 6 * Math.SQRT2);
    assertAlmostEquals(length(b), 6 * Math.SQRT2);
    assertAlmostEquals(Math.abs(a.y[0] - b.y[0]), 1);
  });

  it("marks contrasts by verdict, in the order given, over the band of what is too small", () => {
    const { layout } = figures.contrasts;
    const [worse, equivalent] = traces(figures.contrasts);
    assertEquals([worse.name, worse.y, worse.x], ["worse", ["transforms"], [-2]]);
    assertEquals([equivalent.name, equivalent.y], ["equivalent", ["captions", "sparse"]]);
    assertEquals([worse.error_x.arrayminus, worse.error_x.array], [[1], [1]]);
    assert(worse.marker.symbol !== equivalent.marker.symbol);
    assertEquals(layout.yaxis?.categoryarray, ["captions", "transforms", "sparse"]);
    const [{ x0, x1 }] = layout.shapes!;
    assertEquals([x0, x1], [-0.5, 0.5]);
    assertEquals(contrastsFigure("change", []).layout.shapes, undefined);
  });

  it("joins doses from the reference on, each with its interval and verdict", () => {
    const { layout } = figures.doses;
    const [line, reference, worse, equivalent] = traces(figures.doses);
    assertEquals([line.x, line.y], [["0 %", "3 %", "100 %"], [0, 0.2, -2]]);
    assertEquals([reference.x, reference.y], [["0 %"], [0]]);
    assertEquals([worse.name, worse.x, equivalent.x], ["worse", ["100 %"], ["3 %"]]);
    assertEquals([worse.error_y.arrayminus, worse.error_y.array], [[2], [1]]);
    assertEquals(layout.xaxis?.categoryarray, ["0 %", "3 %", "100 %"]);
    const [{ y0, y1 }] = layout.shapes!;
    assertEquals([y0, y1], [-0.5, 0.5]);
  });

  it("gives each image of a grid its place and its caption", async () => {
    const { data: [trace], layout } = await imageGridFigure(
      ["a", "b", "c"].map((caption) => ({ image: plainImage(2, 2), caption })),
      { columns: 2, rowTitles: ["first", "second"] },
    ) as unknown as { data: Record<string, unknown>[]; layout: Figure["layout"] };
    assertEquals([trace.x, trace.y], [[0, 1, 0], [0, 0, 1]]);
    assertEquals(trace.text, ["a", "b", "c"]);
    assertEquals(layout.images?.map(({ x, y }) => [x, y]), [[0, 0], [1, 0], [0, 1]]);
    assertEquals(layout.yaxis?.ticktext, ["first", "second"]);
  });

  it("breaks titles over a grid where they are wider than a cell", async () => {
    const columnTitles = ["true drawing", "Textual Inversion"];
    const images = columnTitles.map((caption) => ({ image: plainImage(2, 2), caption }));
    const { layout } = await imageGridFigure(images, { columnTitles, cell: 100 });
    assertEquals(layout.xaxis?.ticktext, ["true drawing", "Textual<br>Inversion"]);
    assertEquals(await inkOnEdge(await figureSvg({ data: [], layout })), 0);
  });

  it("links panels by one legend entry for each series", () => {
    const { data } = linkedFigure([
      { title: "left", figure: figures.fixedNoiseLoss },
      { title: "right", figure: figures.fixedNoiseLoss },
    ]);
    const linked = traces({ data, layout: {} });
    assertEquals(linked.map(({ xaxis }) => xaxis), ["x", "x", "x2", "x2"]);
    assertEquals(linked.map(({ showlegend }) => showlegend), [true, true, false, false]);
    assertEquals(linked[0].legendgroup, linked[2].legendgroup);
  });

  it("makes a series look the same in all linked panels", () => {
    const line = (...names: string[]) =>
      learningFigure("step", "score", names.map((name) => ({ name, points: [{ x: 1, y: 2 }] })));
    const { data } = linkedFigure([
      { title: "left", figure: line("a", "b") },
      { title: "right", figure: line("b", "a") },
    ]);
    const [a, b, secondB, secondA] = traces({ data, layout: {} });
    assertEquals([secondA.line, secondA.marker], [a.line, a.marker]);
    assertEquals([secondB.line, secondB.marker], [b.line, b.marker]);
    assert(a.line.color !== b.line.color);
  });

  it("makes the largest value of a heat image the lightest", () => {
    const { data } = heatImage([0, 1, 4], 3, 1);
    const light = [0, 1, 2].map((i) => data[3 * i] + data[3 * i + 1] + data[3 * i + 2]);
    assert(light[0] < light[1] && light[1] < light[2]);
  });
});

describe("still images", () => {
  for (const [name, figure] of Object.entries(figures)) {
    it(`${name} is drawn without a browser, whole and inside its edges`, async () => {
      const svg = await figureSvg(figure, { width: 600, height: 400 });
      assert(!/<text|NaN|Infinity|undefined/.test(svg));
      assertEquals(await inkOnEdge(svg), 0);
    });
  }

  it("draw the same figure again, which stays as it was", async () => {
    const before = structuredClone(figures.clipScore);
    assert(await figureSvg(figures.clipScore) === await figureSvg(figures.clipScore));
    assertEquals(figures.clipScore, before);
  });
});

/** How many pixels along the edges are not white: what is cut off reaches them. */
async function inkOnEdge(svg: string): Promise<number> {
  const png = await sharp(new TextEncoder().encode(svg)).png().toBuffer();
  const { width, height, data } = await decodeImage(new Uint8Array(png), "figure.png");
  let count = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isEdge = x === 0 || y === 0 || x === width - 1 || y === height - 1;
      if (isEdge && data[3 * (y * width + x)] < 250) count++;
    }
  }
  return count;
}

describe("smooth", () => {
  it("keeps a constant, from the first value on", () => {
    for (const value of smooth([3, 3, 3, 3], 5)) assertAlmostEquals(value, 3);
  });

  it("halves a value's weight after the half-life", () => {
    assertAlmostEquals(smooth([4, 0], 1)[1], 4 / 3);
  });

  it("passes over values that are not finite", () => {
    assertEquals(smooth([2, NaN, Infinity, 2], 3).map((value) => value.toFixed(6)), [
      "2.000000",
      "2.000000",
      "2.000000",
      "2.000000",
    ]);
  });
});
