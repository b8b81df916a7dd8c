import type { Figure } from "./figure.ts";
import { bar, barsLayout, type ScoreBar } from "./score_bars.ts";
import { neutral, palette } from "./theme.ts";

/** What a score changes by when a part is left out, with its interval. */
export interface PartEffect extends ScoreBar {
  interval: { low: number; high: number };
}

/**
 * An ablation: a bar for each part that is left out. Bars whose interval holds zero are grey: the
 * part's effect may be luck. `title` names the score, its unit, and which way it is better.
 */
export function partEffectsFigure(title: string, parts: PartEffect[]): Figure {
  const { xaxis, ...rest } = barsLayout(title, parts.length);
  return {
    data: parts.map((part) => bar(part, isClear(part) ? palette.blue : neutral.light)),
    layout: {
      ...rest,
      xaxis: { ...xaxis, zeroline: true, zerolinecolor: neutral.dark, zerolinewidth: 1.5 },
    },
  };
}

function isClear({ interval: { low, high } }: PartEffect): boolean {
  return low > 0 || high < 0;
}
