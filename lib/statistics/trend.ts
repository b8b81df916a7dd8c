import { median } from "simple-statistics";
import type { Random } from "../random/mod.ts";
import { bootstrap, type Estimate } from "./bootstrap.ts";

/** A point of a course. */
export type Point = { x: number; y: number };

/**
 * The slope of the line through points, with its 95 % interval over points drawn anew: the median of
 * all pairs' slopes (Sen 1968, "Estimates of the regression coefficient based on Kendall's tau"),
 * which one jump does not tilt. Neighbours should not depend on one another: of a long course, take
 * stretches.
 */
export function trend(points: readonly Point[], random: Random): Estimate {
  return bootstrap(points, slope, random);
}

function slope(points: readonly Point[]): number {
  const slopes: number[] = [];
  for (const [i, a] of points.entries()) {
    for (const b of points.slice(0, i)) {
      if (a.x !== b.x) slopes.push((a.y - b.y) / (a.x - b.x));
    }
  }
  return median(slopes);
}
