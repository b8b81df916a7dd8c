import { max, min } from "simple-statistics";
import { html } from "../html/mod.ts";
import { palette, smooth } from "../plots/mod.ts";
import { formatLine, type Reading } from "../progress/mod.ts";

/** What a panel shows at one moment. */
export type PanelState = {
  reading: Reading;
  /** Of all steps so far. */
  losses: readonly number[];
  /** The latest value of each named loss, and its share of the gradient where that was measured. */
  named?: Record<string, { value: number; share?: number }>;
  /** What is being done. */
  status?: string;
  /** As a PNG file in base64. */
  picture?: { png: string; caption: string };
};

const [width, height] = [220, 44];
const { blue } = palette;
const bar = "height: 6px; border-radius: 3px";

/** Needs no script and no style sheet. */
export function panelHtml(
  { reading, losses, named = {}, picture, status }: PanelState,
): string {
  const { done, total } = reading;
  const share = total ? Math.min(1, done / total) : 1;
  const filled = `${bar}; width: ${(100 * share).toFixed(1)}%; background: ${blue}`;
  const line = formatLine(reading);
  return html`
    <div style="display: flex; gap: 16px; align-items: center; font: 13px system-ui, sans-serif">
      <div>
        <div style="${bar}; width: 420px; background: #E3E5E8"><div style="${filled}"></div></div>
        <div style="margin-top: 6px; font-variant-numeric: tabular-nums">${line}</div>
        ${status && html`<div style="margin-top: 4px">${status}</div>`}
        ${namedLosses(named)}
      </div>
      ${losses.length < 2 ? undefined : sparkline(losses)}
      ${picture && latest(picture)}
    </div>
  `.source.trim();
}

/** "denoising 0.0812 (98 %) · content 0.3104 (2 %)"; nothing where there is just one loss. */
function namedLosses(named: NonNullable<PanelState["named"]>) {
  const entries = Object.entries(named);
  if (entries.length < 2) return undefined;
  const text = entries.map(([name, { value, share }]) =>
    `${name} ${value.toFixed(4)}${
      share === undefined ? "" : ` (${(100 * share).toPrecision(2)} % of the gradient)`
    }`
  ).join(" · ");
  return html`<div style="margin-top: 4px; font-size: 11px">${text}</div>`;
}

function latest({ png, caption }: NonNullable<PanelState["picture"]>) {
  return html`
    <figure style="margin: 0; text-align: center">
      <img src="data:image/png;base64,${png}" alt="${caption}" style="height: 72px">
      <figcaption style="font-size: 11px">${caption}</figcaption>
    </figure>
  `;
}

/** The loss, smoothed, since each step's own is mostly the noise of its timesteps. */
function sparkline(losses: readonly number[]) {
  const values = smooth([...losses], Math.max(1, losses.length / 15));
  const [low, high] = [min(values), max(values)];
  const points = values.map((value, i) => {
    const x = (width * i) / (values.length - 1);
    const y = high > low ? height * (high - value) / (high - low) : height / 2;
    return `${x.toFixed(1)},${(y + 2).toFixed(1)}`;
  });
  const line = points.join(" ");
  const last = values.at(-1)!.toFixed(4);
  return html`
    <figure style="margin: 0">
      <svg width="${width}" height="${height + 4}" role="img" aria-label="loss over the steps">
        <polyline points="${line}" fill="none" stroke="${blue}" stroke-width="1.5"></polyline>
      </svg>
      <figcaption style="font-size: 11px">loss, smoothed: ${last}</figcaption>
    </figure>
  `;
}
