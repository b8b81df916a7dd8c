import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import {
  createTraining,
  defineMethod,
  denseTimesteps,
  emojiPreset,
  full,
  previewShots,
  previewTimesteps,
  showFigure,
  showScores,
  showTable,
  specialist,
  tf,
} from "specialist";
import { clipJudge } from "specialist/evaluation";
import { trainingLossFigure } from "specialist/figures";
import type { StableDiffusion } from "specialist/models";
import { panelHtml } from "specialist/notebook/panel.ts";
import { figureHtml, plotlyLoader } from "specialist/notebook/show.ts";
import { guide, model, shots } from "../specialist/tiny_methods.ts";

const figure = trainingLossFigure([{ step: 1, value: 0.2 }, { step: 2, value: 0.1 }]);

/** Where the project's kernel leaves the signal of the running cell. */
const kernelKey = Symbol.for("specialist.kernel");

/** A lab around the small model. */
const lab = {
  model,
  guide,
  judge: clipJudge(guide),
  style: { shots, styleWords: "painting" },
  subjects: shots.map(({ image, caption }, i) => ({ id: `${i}`, item: caption, truth: image })),
  preset: { ...emojiPreset, training: {} },
  has: () => false,
  get captions(): never {
    throw new Error("this lab has no captions");
  },
};

describe("a run in a notebook", () => {
  afterEach(() => Reflect.deleteProperty(globalThis, kernelKey) as unknown as void);

  for (const place of ["between steps", "inside a step"] as const) {
    it(`that is stopped ${place} resumes as if it had not been`, async () => {
      const whole = await createTraining(lab, learningANumber(), settings);
      await whole.run();

      const training = await createTraining(
        lab,
        learningANumber(place === "inside a step" ? 2 : undefined),
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
      const before = numberOf(half);

      beginCell();
      await training.run();
      assertEquals(training.losses, whole.losses);
      assertEquals(numberOf(training.model()), numberOf(whole.model()));
      assertEquals(numberOf(half), before);
      assertEquals(training.curves.shots.map(({ step }) => step), [0, 1, 2, 3, 4]);
    });
  }

  it("can be gone along half the way", async () => {
    const training = await createTraining(lab, learningANumber(), settings);
    await training.run();
    const [start, middle, end] = [0, 0.5, 1].map((strength) => numberOf(training.model(strength)));
    assertEquals(start, 1);
    assertAlmostEquals(middle, (start + end) / 2, 1e-6);
  });

  it("that is done is not repeated", async () => {
    const training = await createTraining(lab, learningANumber(), { ...settings, steps: 1 });
    await training.run();
    await training.run();
    assertEquals(training.losses.length, 1);
  });

  it("measures losses that change only where the model does", async () => {
    const few = { steps: 2, every: 1, batchSize: 2 };
    const idle = await createTraining(lab, learningANumber(), few);
    await idle.run();
    const { shots, heldOut } = idle.curves;
    assertEquals(shots.map(({ value }) => value), Array(3).fill(shots[0].value));
    assertEquals(heldOut.map(({ step }) => step), [0, 1, 2]);

    const training = await createTraining(lab, full(), few);
    await training.run();
    assertEquals(training.curves.shots[0], shots[0]);
    assertNotEquals(training.curves.shots[1].value, shots[1].value);
  });
});

describe("a preview", () => {
  const darkened = specialist({
    transforms: [{ name: "Dark", apply: (image) => ({ ...image, data: image.data.map(() => 9) }) }],
    probability: 1,
    captions: full().shots?.captions ?? [],
    contentLoss: false,
  });

  it("shows shots as a step shows them", async () => {
    const shown = await previewShots(lab, darkened, 6);
    assertEquals(shown.map(({ shot }) => shot).toSorted(), [0, 0, 1, 1, 2, 2]);
    for (const { shot, image, caption } of shown) {
      assertEquals([image.width, image.height], [model.imageSize(), model.imageSize()]);
      assert(image.data.every((level) => level === 9));
      assertStringIncludes(caption, shots[shot].caption);
    }
  });

  it("draws timesteps of a distribution, in order", () => {
    const even: ReturnType<typeof denseTimesteps> = {
      name: "even",
      draw: (...args) => denseTimesteps().draw(...args).map((t) => t - t % 2),
    };
    const drawn = previewTimesteps(lab, even, 50);
    assertEquals([...drawn], [...drawn].sort((a, b) => a - b));
    assert(drawn.every((t) => t % 2 === 0 && t < 1000));
    assert(new Set(drawn).size > 20);
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

  it("shows bar, rate, time left, loss and the latest image", () => {
    const html = panelHtml({
      reading,
      losses: [0.4, 0.4, 0.2],
      image: { png: "AAAA", caption: "<cat>" },
    });
    for (
      const part of ["width: 25.0%", "2.00 steps/s", "15s left", "<polyline", "AAAA", "&lt;cat&gt;"]
    ) {
      assert(html.includes(part), part);
    }
  });

  it("names losses with their shares of the gradient", () => {
    const named = {
      denoising: { value: 0.08, share: 0.998 },
      content: { value: 0.3, share: 0.0021 },
      other: { value: 1 },
    };
    const html = panelHtml({ reading, losses: [], named });
    assertStringIncludes(
      html,
      "denoising 0.0800 (100 % of the gradient) · content 0.3000 (0.21 % of the gradient) · " +
        "other 1.0000",
    );
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
  /** What is printed meanwhile. */
  async function printed(show: () => Promise<void>): Promise<string[]> {
    const log = console.log;
    const lines: string[] = [];
    console.log = (line) => void lines.push(line);
    try {
      await show();
    } finally {
      console.log = log;
    }
    return lines;
  }

  it("a figure is nothing and a table is text", async () => {
    const lines = await printed(async () => {
      await showFigure(figure);
      await showTable([{ name: "LoRA" }], [{ title: "method", value: ({ name }) => name }]);
    });
    assertEquals(lines, ["method\n───────\nLoRA"]);
  });

  it("scores are a row for each set of images, with differences from the first", async () => {
    const truths = shots.map(({ image }) => image);
    const [text] = await printed(() =>
      showScores(lab, { before: truths.toReversed(), after: truths })
    );
    const [head, , before, after] = text.split("\n");
    assertStringIncludes(head, "difference from before");
    assertMatch(before, /^before +−?\d\.\d{3} /);
    assertMatch(after, /^after +1\.000 +\+0\.\d{3} \(/);
  });
});

const settings = { steps: 4, batchSize: 2, learningRate: { peak: 0.1 } };

/** Learns a number from noise, next to a U-Net that stays as it is; stopped inside a step, once. */
function learningANumber(stopAt?: number) {
  let isDue = true;
  return defineMethod({
    name: "number",
    trainable: {
      name: "number",
      create: () => ({
        params: { number: tf.scalar(1) },
        denoiser: (learned, others) => ({ ...others, ...learned }),
      }),
    },
    losses: [{
      name: "noise",
      prepare({ step, random }) {
        if (step === stopAt && isDue) {
          isDue = false;
          stop();
          throw cell.signal.reason;
        }
        return { x: tf.scalar(random.normal()) };
      },
      value: ({ params: { number }, prepared }) =>
        tf.square(tf.sub(number, (prepared as { x: typeof number }).x)),
    }],
  });
}

const numberOf = ({ unet }: StableDiffusion) => unet.params.number.dataSync()[0];

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
