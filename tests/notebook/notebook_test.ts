import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { trainingLossFigure } from "specialist/figures";
import { tf, useBackend } from "specialist/internal/tensor/mod.ts";
import type { StableDiffusion } from "specialist/models";
import { createTraining, showFigure, showTable } from "specialist/notebook";
import { panelHtml } from "specialist/notebook/panel.ts";
import { figureHtml, plotlyLoader } from "specialist/notebook/show.ts";
import type { Method } from "../../lib/methods/mod.ts";

await useBackend();

const figure = trainingLossFigure([{ step: 1, value: 0.2 }, { step: 2, value: 0.1 }]);

/** Where the project's kernel leaves the signal of the running cell. */
const kernelKey = Symbol.for("specialist.kernel");

describe("a training in a notebook", () => {
  afterEach(() => Reflect.deleteProperty(globalThis, kernelKey) as unknown as void);

  for (const place of ["between steps", "inside a step"] as const) {
    it(`that is stopped ${place} goes on as if it had not been`, async () => {
      const whole = createTraining(tinyMethod(), settings);
      await whole.run();

      const method = tinyMethod();
      const training = createTraining(
        place === "inside a step" ? stoppedInBatch(method, 2) : method,
        {
          ...settings,
          every: 1,
          look: (step) => void (place !== "inside a step" && step === 2 && stop()),
        },
      );
      beginCell();
      await assertRejects(() => training.run(), DOMException, "stopped");
      assertEquals(training.losses.length, 2);
      const half = training.model();
      const before = weightOf(half);

      beginCell();
      await training.run();
      assertEquals(training.losses, whole.losses);
      assertEquals(weightOf(training.model()), weightOf(whole.model()));
      assertEquals(weightOf(half), before);
    });
  }

  it("can be gone along half the way", async () => {
    const training = createTraining(tinyMethod(), settings);
    await training.run();
    const [start, middle, end] = [0, 0.5, 1].map((strength) => weightOf(training.model(strength)));
    assertEquals(start, 1);
    assertAlmostEquals(middle, (start + end) / 2, 1e-6);
  });

  it("that is done is not done again", async () => {
    const training = createTraining(tinyMethod(), { ...settings, steps: 1 });
    await training.run();
    const { losses } = training;
    await training.run();
    assertEquals(losses.length, 1);
  });
});

describe("a live panel", () => {
  const reading = {
    label: "Training",
    unit: "steps",
    total: 40,
    done: 10,
    fields: {},
    elapsedSeconds: 5,
    perSecond: 2,
    remainingSeconds: 15,
    stopped: false,
  };

  it("shows bar, rate, time left, loss and the latest picture", () => {
    const html = panelHtml({
      reading,
      losses: [0.4, 0.4, 0.2],
      picture: { png: "AAAA", caption: "<cat>" },
    });
    for (
      const part of ["width: 25.0%", "2.00 steps/s", "15s left", "<polyline", "AAAA", "&lt;cat&gt;"]
    ) {
      assert(html.includes(part), part);
    }
  });

  it("draws a loss that does not change", () => {
    assert(!panelHtml({ reading, losses: [0.3, 0.3, 0.3] }).includes("NaN"));
  });
});

describe("a figure's output", () => {
  it("carries the figure as it is, whatever its texts", () => {
    const { data, layout } = figure;
    const html = figureHtml({ data, layout: { ...layout, title: { text: "</script><b>" } } });
    assertEquals(html.match(/<\/script>/g)?.length, 1);
    const json = html.slice(html.indexOf(", {") + 2, html.lastIndexOf("))"));
    assertEquals(JSON.parse(json).data, JSON.parse(JSON.stringify(data)));
    assertEquals(JSON.parse(json).layout.title.text, "</script><b>");
  });

  it("has its own place in the page", () => {
    const [first, second] = [figureHtml(figure), figureHtml(figure)]
      .map((html) => /id="([^"]+)"/.exec(html)![1]);
    assert(first !== second);
  });

  it("is drawn by what the first cell gives the page", async () => {
    const html = await plotlyLoader();
    const packed = /id="specialist-plotly">([^<]+)</.exec(html)![1];
    const unpacked = new Blob([Uint8Array.fromBase64(packed)]).stream()
      .pipeThrough(new DecompressionStream("gzip"));
    assert((await new Response(unpacked).text()).includes("plotly.js"));
    assertAlmostEquals(html.length, 680_000, 120_000);
  });
});

describe("outside a notebook", () => {
  it("a figure is nothing and a table is text", async () => {
    const log = console.log;
    const lines: unknown[] = [];
    console.log = (line) => void lines.push(line);
    try {
      await showFigure(figure);
      await showTable([{ name: "LoRA" }], [{ title: "method", value: ({ name }) => name }]);
    } finally {
      console.log = log;
    }
    assertEquals(lines, ["method\n───────\nLoRA"]);
  });
});

const settings = { steps: 4, learningRate: { peak: 0.1 } };

/** Learns a number from noise, in the place of a model. */
function tinyMethod(): Method {
  return {
    task: {
      params: { weight: tf.scalar(1) },
      batch: (random) => ({ x: tf.scalar(random.normal()) }),
      loss: ({ weight }, { x }) => tf.square(tf.sub(weight, x)),
    },
    styleWords: "painting",
    adapted: (params) => ({ unet: { params } }) as unknown as StableDiffusion,
  };
}

const weightOf = ({ unet }: StableDiffusion) => unet.params.weight.dataSync()[0];

/** The method, whose batch is aborted half-way in one step, once. */
function stoppedInBatch({ task, ...method }: Method, at: number): Method {
  let isDue = true;
  return {
    ...method,
    task: {
      ...task,
      async batch(random, step, state) {
        const batch = await task.batch(random, step, state);
        if (step !== at || !isDue) return batch;
        isDue = false;
        stop();
        throw cell.signal.reason;
      },
    },
  };
}

let cell = new AbortController();

function beginCell(): void {
  cell = new AbortController();
  Object.defineProperty(globalThis, kernelKey, {
    value: { signal: cell.signal },
    configurable: true,
  });
}

function stop(): void {
  cell.abort(new DOMException("stopped", "AbortError"));
}
