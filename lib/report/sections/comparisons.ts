import { type Html, html } from "../../html/mod.ts";
import { picture } from "../picture.ts";
import type { Comparison, ReportData, Score } from "../report_data.ts";
import { scoreText, verdict } from "../score_text.ts";

/** Held-out concepts, drawn before and after fine-tuning, beside the designer's own drawing. */
export async function comparisonsSection({ comparisons }: ReportData) {
  return html`
    <section aria-labelledby="comparisons">
      <h2 id="comparisons">Held-out concepts</h2>
      <p
        class="lead">None of these was among the shots. Before and after start from the same noise${comparisons
            .some(({ truth }) => truth)
          ? "; the true drawing is the designer’s own"
          : ""}.</p>
      <div class="comparisons">${await Promise.all(comparisons.map(card))}</div>
    </section>
  `;
}

async function card({ concept, caption, before, after, truth, scores = [] }: Comparison) {
  const drawings = [
    { label: "before", image: before, alt: `${concept}, before fine-tuning` },
    { label: "after", image: after, alt: `${concept}, after fine-tuning` },
    ...(truth ? [{ label: "true drawing", image: truth, alt: `${concept}, true drawing` }] : []),
  ];
  return html`
    <article>
      <h3>${concept}</h3>
      <p class="caption">“${caption}”</p>
      <div class="drawings">${await Promise.all(
        drawings.map(async ({ label, image, alt }) =>
          html`<figure>${await picture(image, alt)}<figcaption>${label}</figcaption></figure>`
        ),
      )}</div>
      ${scores.length > 0 ? html`<ul class="scores">${scores.map(conceptScore)}</ul>` : undefined}
    </article>
  `;
}

function conceptScore(score: Score): Html {
  const { before, after } = scoreText(score);
  const result = verdict(score);
  return html`<li>${score.metric} <b class="${result}">${before} → ${after}</b>
    <span class="hidden">${result}</span></li>`;
}
