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

/**
 * Colour, dash and marker of the n-th series: two series never differ by colour alone, and of the first
 * 36 none look the same.
 */
export function seriesStyle(index: number) {
  const i = index % order.length;
  const form = (index + Math.floor(index / order.length)) % symbols.length;
  return { color: order[i], dash: dashes[form], symbol: symbols[form] };
}

/** `#RRGGBB` with an opacity from 0 to 1, as a CSS colour. */
export function translucent(color: string, opacity: number): string {
  return `rgba(${channelsOf(color).join(", ")}, ${opacity})`;
}

/** Red, green and blue of `#RRGGBB`. */
export function channelsOf(color: string): number[] {
  return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
}

/** An axis with a title; the title names the quantity and its unit. */
export function axis(title: string, rest: Partial<LayoutAxis> = {}): Partial<LayoutAxis> {
  return {
    title: { text: title, standoff: 12, font: { size: 13 } },
    automargin: true,
    gridcolor: "#E3E5E8",
    zeroline: false,
    ticks: "",
    ticklabelstandoff: 4,
    ...rest,
  };
}

/** What colours mean; the title names the quantity and its unit. */
export function colorBar(title: string) {
  return {
    title: { text: title, side: "right" as const, font: { size: 13 } },
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
