import { describe, it } from "@std/testing/bdd";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  clipScoreFigure,
  courseFigure,
  type Figure,
  learningFigure,
  lossByTimestepFigure,
  palette,
  scoreBarsFigure,
  smooth,
  stableLossFigure,
  tradeOffFigure,
  trainingLossFigure,
} from "specialist/plots/mod.ts";

const curve = [{ step: 0, value: 0.2 }, { step: 50, value: 0.1 }, { step: 100, value: 0.08 }];

// deno-lint-ignore no-explicit-any
const traces = (figure: Figure) => figure.data as any[];

const figures = {
  stableLoss: stableLossFigure({ shots: curve, heldOut: curve }),
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
};

describe("plots", () => {
  for (const [name, figure] of Object.entries(figures)) {
    it(`${name} is plain JSON with titled axes`, () => {
      assertEquals(JSON.parse(JSON.stringify(figure)), figure);
      const { xaxis, yaxis } = figure.layout;
      assert(xaxis?.title && yaxis?.title);
    });
  }

  it("names and measures both stable losses", () => {
    const [shots, heldOut] = traces(figures.stableLoss);
    assertEquals([shots.name, heldOut.name], ["shots", "held-out"]);
    assertEquals(shots.x, [0, 50, 100]);
    assertEquals(shots.y, [0.2, 0.1, 0.08]);
  });

  it("never tells two series apart by colour alone", () => {
    const [shots, heldOut] = traces(figures.stableLoss);
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
});

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
