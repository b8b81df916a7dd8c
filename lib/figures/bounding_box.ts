/**
 * Where drawn elements lie, for a document without a layout engine: the extent of text, above all.
 */
import {
  applyToPoints,
  compose,
  fromDefinition,
  fromTransformAttribute,
  identity,
  type Matrix,
} from "transformation-matrix";
import { fontMetrics, textWidth } from "./lettering.ts";

/** In pixels, y downwards. */
export type Bounds = { left: number; top: number; right: number; bottom: number };

/** One line of a text: where its baseline is, and where on it the line begins. */
type Line = { text: string; x: number; y: number; size: number };

/** The element in the coordinates of its whole document, as a browser's `getBoundingClientRect`. */
export function boxOnPage(element: Element): Bounds {
  let box = boxInside(element);
  for (let around: Element | null = element; around; around = around.parentElement) {
    box = box && transformed(box, transformOf(around));
  }
  return box ?? nowhere;
}

/** The element in its own coordinates, as a browser's `getBBox`. */
export function ownBox(element: Element): Bounds {
  return boxInside(element) ?? nowhere;
}

/** The lines of a text element, in its own coordinates. */
export function linesOf(text: Element): Line[] {
  const spans = [...text.querySelectorAll("tspan.line")];
  return (spans.length > 0 ? spans : [text]).map((span) => {
    const size = fontSizeOf(text);
    const content = span.textContent ?? "";
    const x = Number(span.getAttribute("x") ?? text.getAttribute("x") ?? 0);
    const y = Number(span.getAttribute("y") ?? text.getAttribute("y") ?? 0);
    const below = parseFloat(span.getAttribute("dy") ?? "0") * size;
    return {
      text: content,
      x: x - shareBefore(text) * textWidth(content, size),
      y: y + below,
      size,
    };
  });
}

const nowhere: Bounds = { left: 0, top: 0, right: 0, bottom: 0 };

/** Lines and areas are not looked at: it is text that has to find a place next to them. */
function boxInside(element: Element): Bounds | undefined {
  if (element.tagName === "text") return around(linesOf(element).map(boxOfLine));
  const children = [...element.children].flatMap((child) => {
    const box = boxInside(child);
    return box ? [transformed(box, transformOf(child))] : [];
  });
  return around(children);
}

function boxOfLine({ text, x, y, size }: Line): Bounds {
  const { ascent, descent } = fontMetrics(size);
  return { left: x, right: x + textWidth(text, size), top: y - ascent, bottom: y + descent };
}

function fontSizeOf(text: Element): number {
  return parseFloat((text as SVGElement).style.fontSize || "12");
}

/** How much of a line lies left of its anchor. */
function shareBefore(text: Element): number {
  return { middle: 0.5, end: 1 }[text.getAttribute("text-anchor") ?? "start"] ?? 0;
}

function transformOf(element: Element): Matrix {
  // Browsers need nothing between two transformations.
  const transform = element.getAttribute("transform")?.replaceAll(")", ") ");
  return transform ? compose(fromDefinition(fromTransformAttribute(transform))) : identity();
}

function transformed({ left, top, right, bottom }: Bounds, matrix: Matrix): Bounds {
  const corners = [[left, top], [right, top], [left, bottom], [right, bottom]];
  const points = applyToPoints(matrix, corners.map(([x, y]) => ({ x, y })));
  return around(points.map(({ x, y }) => ({ left: x, right: x, top: y, bottom: y })))!;
}

function around(boxes: readonly Bounds[]): Bounds | undefined {
  if (boxes.length === 0) return undefined;
  return {
    left: Math.min(...boxes.map(({ left }) => left)),
    top: Math.min(...boxes.map(({ top }) => top)),
    right: Math.max(...boxes.map(({ right }) => right)),
    bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
  };
}
