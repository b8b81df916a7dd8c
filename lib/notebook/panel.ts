/** The one live display of a long cell: a bar with rate and time left, the loss, the latest picture. */
import { encodePng, type Image } from "../images/mod.ts";
import { createMeter, createProgress, formatLine, type ProgressOptions } from "../progress/mod.ts";
import { isNotebook, openDisplay } from "./display.ts";
import { panelHtml } from "./panel_html.ts";

export type PanelUpdate = {
  loss?: number;
  /** Named losses, where there are several, and where measured their shares of the gradient. */
  losses?: Record<string, number>;
  shares?: Record<string, number>;
  picture?: { image: Image; caption: string };
};

export type Panel = {
  /** Whether it is a display in a notebook; text on a terminal otherwise. */
  isLive: boolean;
  /** Says what is being done. */
  status(text: string): void;
  /** Sets how many units are done. What is left out stays as it was. */
  update(done: number, shown?: PanelUpdate): Promise<void>;
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
  let picture: { png: string; caption: string } | undefined;
  let status: string | undefined;
  const bundle = () => ({
    "text/html": panelHtml({ reading: meter.read(), losses, named, picture, status }),
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
    async update(done, shown = {}) {
      meter.update(done);
      if (shown.loss !== undefined) losses.push(shown.loss);
      for (const [name, value] of Object.entries(shown.losses ?? {})) {
        named[name] = { ...named[name], value };
      }
      for (const [name, share] of Object.entries(shown.shares ?? {})) named[name].share = share;
      if (shown.picture) {
        const { image, caption } = shown.picture;
        picture = { png: (await encodePng(image)).toBase64(), caption };
      }
      if (!shown.picture && now() - shownAt < secondsBetweenUpdates) return;
      shownAt = now();
      await live.update(bundle());
    },
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
    update(done, { loss } = {}) {
      progress.update(done, loss === undefined ? {} : { loss: loss.toFixed(4) });
      return Promise.resolve();
    },
    stop() {
      progress.stop();
      return Promise.resolve();
    },
  };
}
