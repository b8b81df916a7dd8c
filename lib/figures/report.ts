/** A run's report: one HTML page that needs nothing else. */
import { writeAtomically } from "../internal/runtime/mod.ts";
import { type Content, Html, html } from "./html.ts";
import style from "./page/page.css" with { type: "text" };
import script from "./page/page.js" with { type: "text" };
import type { Curve, ReportData } from "./report_data.ts";
import { scoresSection } from "./report_scores.ts";
import {
  comparisonsSection,
  costSection,
  curvesSection,
  duringTrainingSection,
  provenanceSection,
  shotsSection,
  summary,
} from "./report_sections.ts";

/**
 * Writes a report as one HTML file, about 1.5 MB with its script, that opens offline. The file appears
 * complete or not at all.
 */
export async function writeReport(path: string, data: ReportData): Promise<void> {
  await writeAtomically(path, await renderReport(data));
}

/** The report as one HTML page that loads nothing from elsewhere. */
export async function renderReport(data: ReportData): Promise<string> {
  return await renderPage(data.title, [
    summary(data),
    await shotsSection(data),
    await comparisonsSection(data),
    await duringTrainingSection(data),
    scoresSection(data),
    curvesSection(data.curves),
    costSection(data),
    provenanceSection(data),
  ]);
}

/** Figures as one HTML page, about 1.5 MB with its script, that opens offline. */
export function renderFigures(
  { title, lead, figures }: { title: string; lead: string; figures: readonly Curve[] },
): Promise<string> {
  return renderPage(title, [
    html`
      <header>
        <h1>${title}</h1>
        <p class="headline">${lead}</p>
      </header>
    `,
    curvesSection(figures),
  ]);
}

/** Lets the page use what it carries and nothing else. */
const contentSecurityPolicy =
  "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** An HTML page that loads nothing from elsewhere, and draws its figures. */
async function renderPage(title: string, content: Content): Promise<string> {
  const plotly = await Deno.readTextFile(
    new URL(import.meta.resolve("plotly.js-cartesian-dist-min")),
  );
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>${title}</title>
        <link rel="icon" href="data:,">
        <style>${new Html(style)}</style>
      </head>
      <body>
        <main>
          ${content}
        </main>
        <script>${new Html(plotly)}</script>
        <script>${new Html(script)}</script>
      </body>
    </html>
  `.source;
}
