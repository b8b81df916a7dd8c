import { html } from "../../html/mod.ts";
import type { ReportData } from "../report_data.ts";

/** What it takes to make this run again. */
export function provenanceSection({ provenance, config }: ReportData) {
  return html`
    <section aria-labelledby="provenance">
      <h2 id="provenance">How to make this again</h2>
      <div class="scroll">
        <table class="provenance-table">
          <tbody>${Object.entries(provenance).map(([name, value]) =>
            html`
              <tr>
                <th scope="row">${name}</th>
                <td><code>${value}</code></td>
              </tr>
            `
          )}</tbody>
        </table>
      </div>
      <details>
        <summary>Configuration</summary>
        <pre>${JSON.stringify(config, null, 2)}</pre>
      </details>
    </section>
  `;
}
