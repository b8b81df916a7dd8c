import { type Html, html } from "../../html/mod.ts";
import type { ReportData, Score } from "../report_data.ts";
import { scoreText, type Verdict, verdict } from "../score_text.ts";

const words: Record<Verdict, string> = {
  better: "▲ better",
  worse: "▼ worse",
  unclear: "– no clear change",
};

/** Each metric before and after fine-tuning. */
export function scoresSection({ scores }: ReportData) {
  return html`
    <section aria-labelledby="scores">
      <h2 id="scores">Scores</h2>
      <p class="lead">On the held-out concepts, before and after fine-tuning. Intervals hold 95 %
        of the bootstrap over concepts.</p>
      <div class="scroll">
        <table class="score-table">
          <thead>
            <tr>
              <th scope="col">metric</th>
              <th scope="col" class="number">before</th>
              <th scope="col" class="number">after</th>
              <th scope="col" class="number">change</th>
              <th scope="col" class="number">interval of the change</th>
              <th scope="col">verdict</th>
            </tr>
          </thead>
          <tbody>${scores.map(scoreRow)}</tbody>
        </table>
      </div>
    </section>
  `;
}

function scoreRow(score: Score): Html {
  const { before, after, change, percent, interval } = scoreText(score);
  const result = verdict(score);
  return html`
    <tr>
      <th scope="row">${score.metric}
        <small>${score.description && `${score.description}; `}${score
          .better} is better</small></th>
      <td class="number">${before}</td>
      <td class="number"><b>${after}</b></td>
      <td class="number">${change}${percent && html`
        <small>${percent}</small>
      `}</td>
      <td class="number">${interval ?? "–"}</td>
      <td class="${result}">${words[result]}</td>
    </tr>
  `;
}
