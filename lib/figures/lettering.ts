/** Text as paths, so that an SVG looks the same everywhere. */
import opentype from "opentype.js";
import type { Path } from "opentype.js";
import { joinedLines } from "../internal/runtime/mod.ts";

type TextPathOptions = {
  /** Where the text begins on its baseline. */
  x: number;
  y: number;
  /** Of the font, in pixels. */
  size: number;
  /** In pixels; longer text is shortened with an ellipsis. */
  maxWidth?: number;
};

/**
 * Text in lines that are no wider than `maxWidth` pixels, broken at spaces and after hyphens; a word that
 * is wider is broken too. Nothing is left out.
 *
 * @param size of the font, in pixels
 */
export function textLines(text: string, size: number, maxWidth: number): string[] {
  const fits = (line: string) => textWidth(line.trimEnd(), size) <= maxWidth;
  const parts = text.split(/(?<=[\s-])/).flatMap((part) => fits(part) ? [part] : [...part]);
  return joinedLines(parts, fits).map((line) => line.trim());
}

/** Text as an SVG path. */
export function textPath(
  text: string,
  { x, y, size, maxWidth = Infinity }: TextPathOptions,
): string {
  const characters = [...text];
  let line = text;
  while (textWidth(line, size) > maxWidth && characters.length > 0) {
    characters.pop();
    line = `${characters.join("").trimEnd()}…`;
  }
  return `<path d="${pathData(font().getPath(line, x, y, size), 1)}"/>`;
}

/** Outlines of glyphs, in font units, by their ids in an SVG document. */
export type Glyphs = Map<string, string>;

/**
 * A line of text as uses of glyphs, so that each letter's outline is in the document only once.
 *
 * @param place where it begins on its baseline, and the size of the font, in pixels
 * @param glyphs receives those that are used
 */
export function glyphText(
  text: string,
  { x, y, size }: { x: number; y: number; size: number },
  glyphs: Glyphs,
): string {
  const uses: string[] = [];
  const { unitsPerEm } = font();
  font().forEachGlyph(text, x, y, size, {}, (glyph, left, baseline) => {
    const outline = pathData(glyph.getPath(0, 0, unitsPerEm), 0);
    if (outline === "") return;
    const id = `glyph-${glyph.index}`;
    glyphs.set(id, outline);
    const scale = Number((size / unitsPerEm).toFixed(5));
    const place = `translate(${left.toFixed(1)} ${baseline.toFixed(1)}) scale(${scale})`;
    uses.push(`<use xlink:href="#${id}" transform="${place}"/>`);
  });
  return uses.join("");
}

// @ts-types="@types/opentype.js"

let loaded: opentype.Font | undefined;

/** Lato, with the Latin letters that English is written in. */
function font(): opentype.Font {
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

// @ts-types="@types/opentype.js"

/** opentype.js' own `toPathData` answers NaN where a coordinate is a whole number but for rounding. */
function pathData({ commands }: Path, decimals: number): string {
  return commands.map((command) => {
    const points = ["x1", "y1", "x2", "y2", "x", "y"].flatMap((key) =>
      key in command ? [Number(command[key as keyof typeof command]).toFixed(decimals)] : []
    );
    return command.type + points.join(" ");
  }).join("");
}
