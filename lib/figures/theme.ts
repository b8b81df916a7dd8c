/** The common style of all figures: colours, fonts, axes, layout. */
import type { Data, Layout, LayoutAxis } from "plotly.js-dist-min";

/**
 * The Okabe–Ito palette without black and yellow, which vanish on dark and on light paper.
 *
 * Source: Okabe and Ito, "Color Universal Design", 2008.
 */
export const palette = {
  blue: "#0072B2",
  vermillion: "#D55E00",
  green: "#009E73",
  purple: "#CC79A7",
  sky: "#56B4E9",
  orange: "#E69F00",
} as const;

/** What is behind or around the data. */
export const neutral = { dark: "#57606A", middle: "#8A919C", light: "#B6BCC4" } as const;

/** From less over the same to more. */
export const diverging: [number, string][] = [
  [0, palette.blue],
  [0.25, "#86B9D9"],
  [0.5, "#F7F7F7"],
  [0.75, "#EBAF80"],
  [1, palette.vermillion],
];

/** From little to much (Viridis). */
export const sequential: [number, string][] = [
  [0, "#440154"],
  [0.25, "#3B528B"],
  [0.5, "#21918C"],
  [0.75, "#5EC962"],
  [1, "#FDE725"],
];

const order = Object.values(palette);
const dashes = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"] as const;
const symbols = ["circle", "square", "diamond", "triangle-up", "cross", "x"] as const;

/** How a series looks. */
export type SeriesStyle = {
  color: string;
  dash: typeof dashes[number];
  symbol: typeof symbols[number];
};

/**
 * Colour, dash and marker of the n-th series: two series never differ by colour alone, and of the first
 * 36 none look the same.
 *
 * @param member its place among series of the same colour
 */
export function seriesStyle(index: number, member = 0): SeriesStyle {
  const i = index % order.length;
  const form = (index + Math.floor(index / order.length) + member) % symbols.length;
  return { color: order[i], dash: dashes[form], symbol: symbols[form] };
}

/** The look of the series with a name, which is at a place in a figure. */
export type StyleOf = (name: string, index: number) => SeriesStyle;

/** Looks by place alone. */
export const styleByPlace: StyleOf = (_name, index) => seriesStyle(index);

/**
 * One look for each name, in all figures that it is given to.
 *
 * @param families names in groups; each group has a colour
 * @param base of what all others begin with, which is always grey
 * @param drawings of what all others aim at, which is a darker grey
 */
export function stylesByName(
  families: readonly (readonly string[])[],
  { base, drawings }: { base?: string; drawings?: string } = {},
): StyleOf {
  const styles = new Map(
    families.flatMap((names, family) =>
      names.map((name, member) => [name, seriesStyle(family, member)] as const)
    ),
  );
  const greys = [[base, neutral.middle], [drawings, neutral.dark]] as const;
  for (const [name, color] of greys) {
    if (name !== undefined) styles.set(name, { color, dash: "solid", symbol: "circle" });
  }
  return (name, index) => styles.get(name) ?? seriesStyle(families.length + index);
}

/** `#RRGGBB` with an opacity from 0 to 1, as a CSS colour. */
export function translucent(color: string, opacity: number): string {
  return `rgba(${channelsOf(color).join(", ")}, ${opacity})`;
}

/** Red, green and blue of `#RRGGBB`. */
export function channelsOf(color: string): number[] {
  return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
}

/** Text that begins with a capital, as titles do; symbols and names of programs stay as they are. */
export function sentenceCase(text: string): string {
  return /^\p{Ll}{2}/u.test(text) ? text[0].toUpperCase() + text.slice(1) : text;
}

/** Ticks that can be read alone: "0.0002", neither "200 µ" nor the 2 that follows 0.0001. */
const readableTicks = {
  exponentformat: "none",
  separatethousands: true,
  minorloglabels: "complete",
} as const;

/** An axis with a title; the title names the quantity and its unit. */
export function axis(title: string, rest: Partial<LayoutAxis> = {}): Partial<LayoutAxis> {
  return {
    title: { text: sentenceCase(title), standoff: 12, font: { size: 13 } },
    ...readableTicks,
    automargin: true,
    gridcolor: "#E3E5E8",
    zeroline: false,
    ticks: "",
    ticklabelstandoff: 4,
    ...rest,
  };
}

/**
 * A logarithmic axis: ticks at 1, 2 and 5, at powers of ten alone where there are many, and as on a
 * linear axis within one power.
 *
 * @param values those that are drawn along it
 */
export function logAxis(
  title: string,
  values: readonly number[],
  rest: Partial<LayoutAxis> = {},
): Partial<LayoutAxis> {
  const powers = values.filter((value) => value > 0).map(Math.log10);
  // With the margins that an axis has.
  const range = powers.length === 0 ? 0 : 1.1 * (Math.max(...powers) - Math.min(...powers));
  // Plotly decides by the range of a tick: up to 0.7 for 1, 2 and 5, up to 1 for every power.
  const nticks = range < 1 ? 3 : range < 1.8 ? range / 0.5 : range / 0.85;
  return axis(title, { type: "log", nticks: Math.min(8, Math.round(nticks)), ...rest });
}

/** What colours mean; the title names the quantity and its unit. */
export function colorBar(title: string) {
  return {
    title: { text: sentenceCase(title), side: "right" as const, font: { size: 13 } },
    ...readableTicks,
    thickness: 14,
    outlinewidth: 0,
  };
}

/** The layout that all figures share, on a transparent ground. */
export function layout(
  xaxis: Partial<LayoutAxis>,
  yaxis: Partial<LayoutAxis>,
  rest: Partial<Layout> = {},
): Partial<Layout> {
  return {
    font: { family: "system-ui, sans-serif", size: 13, color: "#24292F" },
    colorway: order,
    paper_bgcolor: "rgba(0, 0, 0, 0)",
    plot_bgcolor: "rgba(0, 0, 0, 0)",
    margin: { l: 64, r: 16, t: 40, b: 56 },
    legend: { orientation: "h", x: 0, y: 1.02, xanchor: "left", yanchor: "bottom" },
    hovermode: "x unified",
    modebar: { bgcolor: "rgba(0, 0, 0, 0)", color: neutral.middle, activecolor: palette.blue },
    xaxis,
    yaxis,
    ...rest,
  };
}

// The whole of plotly.js, for its types alone: what draws is its smaller part for Cartesian axes.

/** A plotly figure as plain JSON data: what `Plotly.newPlot(element, data, layout)` takes. */
export interface Figure {
  data: Data[];
  layout: Partial<Layout>;
}

/** A value measured at an optimizer step. */
export type StepValue = {
  step: number;
  value: number;
};

/** A value measured at an optimizer step, with the ends of its uncertainty interval. */
export type StepInterval = StepValue & {
  low: number;
  high: number;
};
