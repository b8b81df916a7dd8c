import { formatBytes, formatDuration } from "../../units/mod.ts";
import { html } from "../../html/mod.ts";
import type { ReportData } from "../report_data.ts";

/** Time of each phase, and memory. */
export function costSection({ cost: { phases, peakMemoryBytes } }: ReportData) {
  const total = phases.reduce((sum, { seconds }) => sum + seconds, 0);
  const percent = (seconds: number) => total > 0 ? (100 * seconds / total).toFixed(0) : "0";
  return html`
    <section aria-labelledby="cost">
      <h2 id="cost">Time and memory</h2>
      <div class="scroll">
        <table class="cost-table">
          <thead>
            <tr>
              <th scope="col">phase</th>
              <th scope="col" class="number">time</th>
              <th scope="col">share</th>
            </tr>
          </thead>
          <tbody>${phases.map(({ name, seconds }) =>
            html`
              <tr>
                <th scope="row">${name}</th>
                <td class="number">${formatDuration(seconds)}</td>
                <td><span class="share"><i style="width: ${percent(seconds)}%"></i></span>
                  ${percent(seconds)} %</td>
              </tr>
            `
          )}</tbody>
          <tfoot>
          <tr><th scope="row">total</th><td class="number">${formatDuration(
            total,
          )}</td><td></td></tr>
          ${peakMemoryBytes === undefined ? undefined : html`
            <tr>
              <th scope="row">peak memory</th>
              <td class="number">${formatBytes(peakMemoryBytes)}</td>
              <td></td>
            </tr>
          `}
        </tfoot>
        </table>
      </div>
    </section>
  `;
}
