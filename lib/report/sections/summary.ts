import { html } from "../../html/mod.ts";
import type { ReportData } from "../report_data.ts";

/** Title, main result and the numbers that carry it. */
export function summary({ title, headline, run, highlights }: ReportData) {
  const finished = run.finishedAt.toISOString();
  return html`
    <header>
      <p class="eyebrow">Specialist Diffusion Lab <span>run ${run.id}</span>
        <time datetime="${finished}">${finished.slice(0, 16).replace("T", " ")} UTC</time></p>
      <h1>${title}</h1>
      <p class="headline">${headline}</p>
      <dl class="highlights">${highlights.map(({ label, value, note }) =>
        html`
          <div>
            <dt>${label}</dt>
            <dd>${value}${note && html`<small>${note}</small>`}</dd>
          </div>
        `
      )}</dl>
    </header>
  `;
}
