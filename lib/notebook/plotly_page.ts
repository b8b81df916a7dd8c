/**
 * Interactive figures as HTML outputs. They work offline: one output of the notebook carries plotly.js,
 * and every figure waits for it, in whatever order a page shows them.
 */
import { Html, html, scriptJson } from "../html/mod.ts";
import type { Figure } from "../plots/mod.ts";
import script from "./page/figures.js" with { type: "text" };
import style from "./page/figure.css" with { type: "text" };

/** What gives a page plotly.js: 0.7 MB. */
export async function plotlyLoader(): Promise<string> {
  const file = await Deno.open(new URL(import.meta.resolve("plotly.js-cartesian-dist-min")));
  const packed = file.readable.pipeThrough(new CompressionStream("gzip"));
  const base64 = (await new Response(packed).bytes()).toBase64();
  return html`
    <style>${new Html(style)}</style>
    <script type="text/plain" id="specialist-plotly">${base64}</script>
    <script>${new Html(script)}</script>
  `.source.trim();
}

/** A figure, which is drawn once the page has plotly.js; until then nothing. */
export function figureHtml(figure: Figure): string {
  const id = `figure-${crypto.randomUUID()}`;
  const draw = `(globalThis.specialistFigures ??= Promise.withResolvers()).promise.then((draw) =>
    draw("${id}", ${scriptJson(figure).source}))`;
  return html`
    <div class="specialist-figure" id="${id}"></div>
    <script>${new Html(draw)}</script>
  `.source.trim();
}
