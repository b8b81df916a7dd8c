// @ts-types="@types/opentype.js"
import type { PathCommand } from "opentype.js";
import { font, textWidth } from "./font.ts";

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
  return `<path d="${font().getPath(line, x, y, size).commands.map(pathSegment).join("")}"/>`;
}

/** opentype.js' own `toPathData` answers NaN where a coordinate is a whole number but for rounding. */
function pathSegment(command: PathCommand): string {
  const points = ["x1", "y1", "x2", "y2", "x", "y"].flatMap((key) =>
    key in command ? [Number(command[key as keyof typeof command]).toFixed(1)] : []
  );
  return command.type + points.join(" ");
}
