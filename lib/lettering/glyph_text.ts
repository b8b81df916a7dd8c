import { font } from "./font.ts";
import { pathData } from "./path_data.ts";

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
