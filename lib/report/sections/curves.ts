import { html, scriptJson } from "../../html/mod.ts";
import type { Curve } from "../report_data.ts";

/** Figures over the run; the page's script draws them from the JSON beside each. */
export function curvesSection(curves: readonly Curve[]) {
  return html`
    <section aria-labelledby="curves">
      <h2 id="curves">Curves</h2>
      <noscript><p>The curves are drawn by a script in this page, which is switched off.</p></noscript>
      <div class="curves">${curves.map(({ title, description, figure }) =>
        html`
          <figure>
            <h3>${title}</h3>
            <div class="plot" role="img" aria-label="${title}. ${description}"></div>
            <script type="application/json">${scriptJson(figure)}</script>
            <figcaption>${description}</figcaption>
          </figure>
        `
      )}</div>
    </section>
  `;
}
