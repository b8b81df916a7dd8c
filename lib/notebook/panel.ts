/** The one live display of a long cell: a bar with rate and time left, the loss, the latest image. */
import { max, min } from "simple-statistics";
import { encodePng, type Image } from "../data/mod.ts";
import { html, palette, smooth } from "../figures/mod.ts";
import {
  createMeter,
  createProgress,
  formatLine,
  type ProgressOptions,
  type Reading,
} from "../internal/runtime/mod.ts";
import { isNotebook, openDisplay } from "./display.ts";

export type PanelUpdate = {
  loss?: number;
  /** Named losses, where there are several, and where measured their shares of the gradient. */
  losses?: Record<string, number>;
  shares?: Record<string, number>;
  image?: { image: Image; caption: string };
};

export type Panel = {
  /** Whether it is a display in a notebook; text on a terminal otherwise. */
  isLive: boolean;
  /** Says what is being done. */
  status(text: string): void;
  /** Forgets all losses, where another run begins. */
  forget(): void;
  /** Sets how many units are done. What is left out stays as it was. */
  update(done: number, shown?: PanelUpdate): Promise<void>;
  /**
   * Sets how many units are done where the new ones took no work, as of a run that was read; a bar on a
   * terminal learns of them with the next update.
   */
  reuse(done: number): void;
  /** Ends the display, and leaves what it showed last. */
  stop(): Promise<void>;
};

/** A front end has no use for more; a step must not wait for one. */
const secondsBetweenUpdates = 0.3;

/** Opens the display below the running cell; on a terminal, a line or a bar. */
export async function openPanel(
  options: ProgressOptions & { quiet?: boolean },
): Promise<Panel> {
  return isNotebook() ? await openLivePanel(options) : openTerminalPanel(options);
}

async function openLivePanel(options: ProgressOptions): Promise<Panel> {
  const now = () => performance.now() / 1000;
  const meter = createMeter(options, now);
  const losses: number[] = [];
  const named: Record<string, { value: number; share?: number }> = {};
  let image: { png: string; caption: string } | undefined;
  let status: string | undefined;
  const bundle = () => ({
    "text/html": panelHtml({ reading: meter.read(), losses, named, image, status }),
    "text/plain": formatLine(meter.read()),
  });
  const live = await openDisplay(bundle());
  let shownAt = now();
  return {
    isLive: true,
    status(text) {
      status = text;
      live.update(bundle());
    },
    forget() {
      losses.length = 0;
      for (const name of Object.keys(named)) delete named[name];
    },
    async update(done, shown = {}) {
      meter.update(done);
      if (shown.loss !== undefined) losses.push(shown.loss);
      for (const [name, value] of Object.entries(shown.losses ?? {})) {
        named[name] = { ...named[name], value };
      }
      for (const [name, share] of Object.entries(shown.shares ?? {})) named[name].share = share;
      if (shown.image) {
        const { image: shownImage, caption } = shown.image;
        image = { png: (await encodePng(shownImage)).toBase64(), caption };
      }
      if (!shown.image && now() - shownAt < secondsBetweenUpdates) return;
      shownAt = now();
      await live.update(bundle());
    },
    reuse: meter.reuse,
    async stop() {
      meter.stop();
      await live.update(bundle());
    },
  };
}

function openTerminalPanel(options: ProgressOptions & { quiet?: boolean }): Panel {
  const progress = createProgress(options);
  return {
    isLive: false,
    status() {},
    forget() {},
    update(done, { loss } = {}) {
      progress.update(done, loss === undefined ? {} : { loss: loss.toFixed(4) });
      return Promise.resolve();
    },
    reuse() {},
    stop() {
      progress.stop();
      return Promise.resolve();
    },
  };
}

/** What a panel shows at one moment. */
type PanelState = {
  reading: Reading;
  /** Of all steps so far. */
  losses: readonly number[];
  /** The latest value of each named loss, and its share of the gradient where that was measured. */
  named?: Record<string, { value: number; share?: number }>;
  /** What is being done. */
  status?: string;
  /** As a PNG file in base64. */
  image?: { png: string; caption: string };
};

const [width, height] = [220, 44];
const { blue } = palette;
const bar = "height: 6px; border-radius: 3px";

/** Needs no script and no style sheet. */
export function panelHtml(
  { reading, losses, named = {}, image, status }: PanelState,
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
      ${image && latest(image)}
    </div>
  `.source.trim();
}

/** "denoising 0.0812 (98 %) · content 0.3104 (2 %)"; nothing where there is just one loss. */
function namedLosses(named: NonNullable<PanelState["named"]>) {
  const entries = Object.entries(named);
  if (entries.length < 2) return undefined;
  const text = entries.map(([name, { value, share }]) =>
    `${name} ${value.toFixed(4)}${
      share === undefined ? "" : ` (${percent(share)} of the gradient)`
    }`
  ).join(" · ");
  return html`<div style="margin-top: 4px; font-size: 11px">${text}</div>`;
}

/** "98 %", and "0.26 %" where that is little. */
function percent(share: number): string {
  return `${share < 0.095 ? (100 * share).toPrecision(2) : Math.round(100 * share)} %`;
}

function latest({ png, caption }: NonNullable<PanelState["image"]>) {
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
