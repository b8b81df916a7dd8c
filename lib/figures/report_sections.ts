/** The sections of a report. */
import { encodePng, type Image } from "../data/mod.ts";
import { formatBytes, formatDuration } from "../internal/runtime/mod.ts";
import { type Html, html, scriptJson } from "./html.ts";
import type { Comparison, Curve, ReportData, Score, StepDrawings } from "./report_data.ts";
import { scoreText, verdict } from "./report_scores.ts";

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

/** The images that the model learned the style from. */
export async function shotsSection({ shots }: ReportData) {
  return html`
    <section aria-labelledby="shots">
      <h2 id="shots">Shots</h2>
      <p class="lead">The ${shots.length === 1
        ? "image"
        : `${shots.length} images`} that the model learned the style from.</p>
      <div class="shots">${await Promise.all(
        shots.map(async ({ image, caption }) =>
          html`<figure>${await imageElement(image, `Shot: ${caption}`)}
          <figcaption>${caption}</figcaption></figure>`
        ),
      )}</div>
    </section>
  `;
}

/** Held-out concepts, drawn before and after fine-tuning, next to the designer's own drawing. */
export async function comparisonsSection({ comparisons }: ReportData) {
  const isKnown = comparisons.some(({ truth }) => truth);
  return html`
    <section aria-labelledby="comparisons">
      <h2 id="comparisons">${isKnown ? "Held-out concepts" : "Prompts"}</h2>
      <p class="lead">${isKnown
        ? "None of these was among the shots. Before and after start from the same noise; the true " +
          "drawing is the designer’s own."
        : "Before and after start from the same noise."}</p>
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
          html`<figure>${await imageElement(image, alt)}<figcaption>${label}</figcaption></figure>`
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

/** What the model drew during training for the same prompts and noise. */
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
        html`<figure>${await imageElement(image, `Step ${step}: ${caption}`)}
        <figcaption>${caption}</figcaption></figure>`
      ),
    )}</div>
  `;
}

/** Figures over the run; the page's script draws them from the JSON next to each. */
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

/** How to reproduce the run. */
export function provenanceSection({ provenance, config }: ReportData) {
  return html`
    <section aria-labelledby="provenance">
      <h2 id="provenance">How to reproduce this run</h2>
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

/** An image element that carries its pixels. */
async function imageElement(image: Image, alt: string): Promise<Html> {
  const png = (await encodePng(image)).toBase64();
  return html`
    <img src="data:image/png;base64,${png}" width="${image.width}" height="${image.height}"
      alt="${alt}">
  `;
}
