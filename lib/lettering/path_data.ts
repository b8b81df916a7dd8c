// @ts-types="@types/opentype.js"
import type { Path } from "opentype.js";

/** opentype.js' own `toPathData` answers NaN where a coordinate is a whole number but for rounding. */
export function pathData({ commands }: Path, decimals: number): string {
  return commands.map((command) => {
    const points = ["x1", "y1", "x2", "y2", "x", "y"].flatMap((key) =>
      key in command ? [Number(command[key as keyof typeof command]).toFixed(decimals)] : []
    );
    return command.type + points.join(" ");
  }).join("");
}
