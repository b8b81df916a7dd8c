import { html } from "../../html/mod.ts";
import { picture } from "../picture.ts";
import type { ReportData, StepDrawings } from "../report_data.ts";

/** What the model drew for the same prompts and from the same noise as it learned. */
export async function duringTrainingSection({ duringTraining = [] }: ReportData) {
  if (duringTraining.length === 0) return undefined;
  return html`
    <section aria-labelledby="during-training">
      <h2 id="during-training">During training</h2>
      <p class="lead">The same prompts, drawn from the same noise, as the model learned.</p>
      ${await Promise.all(duringTraining.map(row))}
    </section>
  `;
}

async function row({ step, drawings }: StepDrawings) {
  return html`
    <h3>Step ${step}</h3>
    <div class="shots">${await Promise.all(
      drawings.map(async ({ image, caption }) =>
        html`<figure>${await picture(image, `Step ${step}: ${caption}`)}
        <figcaption>${caption}</figcaption></figure>`
      ),
    )}</div>
  `;
}
