import { type Glyphs, glyphText } from "../../lettering/mod.ts";
import { linesOf } from "./bounding_box.ts";

const kept = ["fill", "fill-opacity", "opacity"];

const namespace = "http://www.w3.org/2000/svg";

/** Puts outlines in the place of all texts. */
export function outlineTexts(svg: Document): void {
  const glyphs: Glyphs = new Map();
  for (const text of [...svg.querySelectorAll("text")]) {
    const group = svg.createElementNS(namespace, "g");
    const transform = text.getAttribute("transform");
    if (transform) group.setAttribute("transform", transform);
    for (const name of kept) {
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
