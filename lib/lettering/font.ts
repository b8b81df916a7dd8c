// @ts-types="@types/opentype.js"
import opentype from "opentype.js";

let loaded: opentype.Font | undefined;

/** Lato, with the Latin letters that English is written in. */
export function font(): opentype.Font {
  return loaded ??= load();
}

function load(): opentype.Font {
  const file = import.meta.resolve("@fontsource/lato/files/lato-latin-400-normal.woff");
  return opentype.parse(Deno.readFileSync(new URL(file)).buffer);
}

/** The width of a line of text, in pixels. @param size of the font, in pixels */
export function textWidth(text: string, size: number): number {
  return font().getAdvanceWidth(text, size);
}

/** How far a line reaches above and below its baseline, in pixels. */
export function fontMetrics(size: number): { ascent: number; descent: number } {
  const { ascender, descender, unitsPerEm } = font();
  return { ascent: size * ascender / unitsPerEm, descent: -size * descender / unitsPerEm };
}
