import { font, textWidth } from "./font.ts";
import { pathData } from "./path_data.ts";

export type TextPathOptions = {
  /** Where the text begins on its baseline. */
  x: number;
  y: number;
  /** Of the font, in pixels. */
  size: number;
  /** In pixels; longer text is shortened with an ellipsis. */
  maxWidth?: number;
};

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
