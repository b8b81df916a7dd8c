import { textPath } from "../../lettering/mod.ts";
import { linesOf } from "./bounding_box.ts";

const kept = ["fill", "fill-opacity", "opacity"];

/** Puts outlines in the place of all texts. */
export function outlineTexts(svg: Document): void {
  for (const text of [...svg.querySelectorAll("text")]) {
    const group = svg.createElementNS("http://www.w3.org/2000/svg", "g");
    const transform = text.getAttribute("transform");
    if (transform) group.setAttribute("transform", transform);
    for (const name of kept) {
      const value = text.style.getPropertyValue(name);
      if (value) group.style.setProperty(name, value);
    }
    group.innerHTML = linesOf(text).map(({ text, ...place }) => textPath(text, place)).join("");
    text.replaceWith(group);
  }
}
