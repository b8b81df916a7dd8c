import { html } from "../html/mod.ts";
import { renderPage } from "./render_page.ts";
import type { Curve } from "./report_data.ts";
import { curvesSection } from "./sections/curves.ts";

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
