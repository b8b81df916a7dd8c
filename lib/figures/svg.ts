/** Figures as SVG files, drawn by Plotly without a browser. */
import { encode } from "fast-png";
import { type DOMWindow, JSDOM, VirtualConsole } from "jsdom";
import type { Data, Layout } from "plotly.js-dist-min";
import sharp from "sharp";
import { createRandom } from "../data/mod.ts";
import { type Bounds, boxOnPage, linesOf, ownBox } from "./bounding_box.ts";
import { type Glyphs, glyphText } from "./lettering.ts";
import type { Figure } from "./theme.ts";

/** In pixels. */
export type FigureSize = { width?: number; height?: number };

/**
 * A still image of a figure, on white: an SVG document that needs neither scripts nor fonts.
 *
 * ```ts
 * await Deno.writeTextFile("loss.svg", await figureSvg(trainingLossFigure(points)));
 * ```
 *
 * @param size the figure's own by default, else 720 × 420
 * @param letters texts as outlines, which look the same everywhere; or as text, which can be searched
 */
export async function figureSvg(
  { data, layout }: Figure,
  { width = layout.width ?? 720, height = layout.height ?? 420 }: FigureSize = {},
  letters: "outlines" | "text" = "outlines",
): Promise<string> {
  const { Plotly, DOMParser, XMLSerializer, Math } = await plotlyWindow();
  // Plotly's ids are random; the same figure is the same file.
  Math.random = createRandom("ids").next;
  const uri = await Plotly.toImage(
    // Plotly fills in what a figure leaves open, in the figure itself.
    structuredClone({ data, layout: { ...layout, paper_bgcolor: "#ffffff" } }),
    { format: "svg", width, height },
  );
  const source = decodeURIComponent(uri.slice(uri.indexOf(",") + 1));
  const svg = new DOMParser().parseFromString(source, "image/svg+xml");
  if (letters === "outlines") outlineTexts(svg);
  return new XMLSerializer().serializeToString(svg);
}

export type StillImage = {
  mime: "image/png" | "image/jpeg";
  bytes: Uint8Array;
  /** The displayed size, in pixels. */
  width: number;
  height: number;
};

/** A small image of a figure: PNG, sharp on dense screens; or JPEG where it is made of images. */
export async function stillImage(figure: Figure): Promise<StillImage> {
  const svg = new TextEncoder().encode(await figureSvg(figure));
  const isPhotographic = Boolean(figure.layout.images?.length);
  const scale = isPhotographic ? 1 : 2;
  const drawn = sharp(svg, { density: 72 * scale });
  const { data, info } =
    await (isPhotographic
      ? drawn.jpeg({ quality: 80, mozjpeg: true })
      : drawn.png({ palette: true, colours: 64, effort: 10 }))
      .toBuffer({ resolveWithObject: true });
  return {
    mime: isPhotographic ? "image/jpeg" : "image/png",
    bytes: new Uint8Array(data),
    width: info.width / scale,
    height: info.height / scale,
  };
}

const styleProperties = ["fill", "fill-opacity", "opacity"];

const namespace = "http://www.w3.org/2000/svg";

/** Puts outlines in the place of all texts. */
function outlineTexts(svg: Document): void {
  const glyphs: Glyphs = new Map();
  for (const text of [...svg.querySelectorAll("text")]) {
    const group = svg.createElementNS(namespace, "g");
    const transform = text.getAttribute("transform");
    if (transform) group.setAttribute("transform", transform);
    for (const name of styleProperties) {
      const value = text.style.getPropertyValue(name);
      if (value) group.style.setProperty(name, value);
    }
    const lines = linesOf(text).map(({ text, ...place }) => glyphText(text, place, glyphs));
    group.innerHTML = `<g xmlns:xlink="http://www.w3.org/1999/xlink">${lines.join("")}</g>`;
    text.replaceWith(group);
  }
  const definitions = svg.createElementNS(namespace, "defs");
  definitions.innerHTML = [...glyphs]
    .map(([id, outline]) => `<path id="${id}" d="${outline}"/>`).join("");
  svg.documentElement.append(definitions);
}

/** Gives canvases what a heatmap needs: one image, put in whole and read as PNG. */
function addPixelCanvas({ HTMLCanvasElement }: DOMWindow): void {
  const drawn = new WeakMap<HTMLCanvasElement, ImageData>();
  Object.assign(HTMLCanvasElement.prototype, {
    getContext(this: HTMLCanvasElement) {
      return {
        createImageData: (width: number, height: number) => ({
          width,
          height,
          data: new Uint8ClampedArray(4 * width * height),
        }),
        putImageData: (pixels: ImageData) => drawn.set(this, pixels),
      };
    },
    toDataURL(this: HTMLCanvasElement) {
      const { width, height, data } = drawn.get(this)!;
      return `data:image/png;base64,${encode({ width, height, data }).toBase64()}`;
    },
  });
}

// plotly.js in a document of its own, without a browser.

type Plotly = {
  toImage(
    figure: { data: Data[]; layout: Partial<Layout> },
    options: { format: "svg"; width: number; height: number },
  ): Promise<string>;
};

type PlotlyWindow = DOMWindow & { Plotly: Plotly };

let opened: Promise<PlotlyWindow> | undefined;

/** Opened once; takes about a second. */
function plotlyWindow(): Promise<PlotlyWindow> {
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

function rectangle({ left, top, right, bottom }: Bounds): DOMRect {
  const rectangle = { x: left, y: top, width: right - left, height: bottom - top };
  return { ...rectangle, left, top, right, bottom, toJSON: () => rectangle };
}
