/** plotly.js in a document of its own, without a browser. */
import { type DOMWindow, JSDOM, VirtualConsole } from "jsdom";
import type { Data, Layout } from "plotly.js-dist-min";
import { type Box, boxOnPage, ownBox } from "./bounding_box.ts";
import { addPixelCanvas } from "./pixel_canvas.ts";

type Plotly = {
  toImage(
    figure: { data: Data[]; layout: Partial<Layout> },
    options: { format: "svg"; width: number; height: number },
  ): Promise<string>;
};

export type PlotlyWindow = DOMWindow & { Plotly: Plotly };

let opened: Promise<PlotlyWindow> | undefined;

/** Opened once; takes about a second. */
export function plotlyWindow(): Promise<PlotlyWindow> {
  return opened ??= open();
}

async function open(): Promise<PlotlyWindow> {
  const { window } = new JSDOM("", {
    runScripts: "outside-only",
    virtualConsole: new VirtualConsole(),
  });
  window.Element.prototype.getBoundingClientRect = function () {
    return rectangle(boxOnPage(this));
  };
  Object.assign(window.SVGElement.prototype, {
    getBBox(this: SVGElement) {
      return rectangle(ownBox(this));
    },
  });
  addPixelCanvas(window);
  window.URL.createObjectURL = () => "";
  window.eval(
    await Deno.readTextFile(new URL(import.meta.resolve("plotly.js-cartesian-dist-min"))),
  );
  return window as PlotlyWindow;
}

function rectangle({ left, top, right, bottom }: Box): DOMRect {
  const rectangle = { x: left, y: top, width: right - left, height: bottom - top };
  return { ...rectangle, left, top, right, bottom, toJSON: () => rectangle };
}
