/**
 * Text as outlines: it looks the same on machines without fonts, and its size is known without a
 * screen. The font is Lato.
 * @module
 */
export { fontMetrics, textWidth } from "./font.ts";
export { type Glyphs, glyphText } from "./glyph_text.ts";
export { textPath } from "./text_path.ts";
