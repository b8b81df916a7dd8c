import { linearRegression } from "simple-statistics";
import type { Random } from "../random/mod.ts";
import { bootstrap, type Estimate } from "./bootstrap.ts";

/** A point of a course. */
export type Point = { x: number; y: number };

/**
 * The slope of the line through points by least squares, with its 95 % interval over points drawn anew
 * (Davison & Hinkley 1997, "Bootstrap Methods and Their Application", section 6.2.4). Neighbours should
 * not depend on one another: of a long course, take the means of its stretches.
 */
export function trend(points: readonly Point[], random: Random): Estimate {
  return bootstrap(points, slope, random);
}

function slope(points: readonly Point[]): number {
  return linearRegression(points.map(({ x, y }) => [x, y])).m;
}
