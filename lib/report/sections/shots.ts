import { html } from "../../html/mod.ts";
import { picture } from "../picture.ts";
import type { ReportData } from "../report_data.ts";

/** The images that the model learned the style from. */
export async function shotsSection({ shots }: ReportData) {
  return html`
    <section aria-labelledby="shots">
      <h2 id="shots">Shots</h2>
      <p class="lead">The ${shots.length} images that the model learned the style from.</p>
      <div class="shots">${await Promise.all(
        shots.map(async ({ image, caption }) =>
          html`<figure>${await picture(image, `Shot: ${caption}`)}
          <figcaption>${caption}</figcaption></figure>`
        ),
      )}</div>
    </section>
  `;
}
