/** Scores in a report: values, intervals, and a verdict. */
import type { ScoreComparison } from "../evaluation/mod.ts";
import { renderTable } from "../internal/runtime/mod.ts";
import { type Html, html } from "./html.ts";
import type { ReportData, Score } from "./report_data.ts";

const signs: Record<Verdict, string> = { better: "▲", worse: "▼", unclear: "–" };

/** A verdict in a report's words. */
export const verdictWords: Record<Verdict, string> = {
  better: "better",
  worse: "worse",
  unclear: "no clear change",
};

/** Each metric before and after fine-tuning. */
export function scoresSection({ scores }: ReportData) {
  const hasOwn = scores.some(({ own }) => own !== undefined);
  return html`
    <section aria-labelledby="scores">
      <h2 id="scores">Scores</h2>
      <p class="lead">Of the drawings above, before and after fine-tuning. Intervals hold 95 % of the
        bootstrap over what was drawn.</p>
      <div class="scroll">
        <table class="score-table">
          <thead>
            <tr>
              <th scope="col">metric</th>
              <th scope="col" class="number">before</th>
              <th scope="col" class="number">after</th>
              ${hasOwn
                ? html`
                  <th scope="col" class="number">the style's own</th>
                `
                : undefined}
              <th scope="col" class="number">change</th>
              <th scope="col" class="number">interval of the change</th>
              <th scope="col">verdict</th>
            </tr>
          </thead>
          <tbody>${scores.map((score) => scoreRow(score, hasOwn))}</tbody>
        </table>
      </div>
    </section>
  `;
}

function scoreRow(score: Score, hasOwn: boolean): Html {
  const { before, after, own, change, percent, interval } = scoreText(score);
  const { metric, description, better } = score;
  const result = verdict(score);
  return html`
    <tr>
      <th scope="row">${metric}
        <small>${[description, better && `${better} is better`].filter(Boolean).join(
          "; ",
        )}</small></th>
      <td class="number">${before}</td>
      <td class="number"><b>${after}</b></td>
      ${hasOwn
        ? html`
          <td class="number">${own ?? "–"}</td>
        `
        : undefined}
      <td class="number">${change}${percent && html`
        <small>${percent}</small>
      `}</td>
      <td class="number">${interval ?? "–"}</td>
      <td class="${result}">${better ? `${signs[result]} ${verdictWords[result]}` : "–"}</td>
    </tr>
  `;
}

type Verdict = "better" | "worse" | "unclear";

/** Whether `after` improves on `before`; unclear where the interval of the change holds zero, or none is better. */
export function verdict({ better, before, after, interval }: Score): Verdict {
  const change = after - before;
  const uncertain = interval !== undefined && interval.low <= 0 && interval.high >= 0;
  if (!better || uncertain || change === 0 || Number.isNaN(change)) return "unclear";
  return (change > 0) === (better === "higher") ? "better" : "worse";
}

/** Before, after, change and interval, rounded alike: the larger score keeps three digits. */
export function scoreText({ before, after, own, interval }: Score) {
  const size = Math.max(Math.abs(before), Math.abs(after), Number.MIN_VALUE);
  const decimals = Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(size))));
  const plain = (value: number) => minus(value.toFixed(decimals));
  const signed = (value: number) => minus((value > 0 ? "+" : "") + value.toFixed(decimals));
  return {
    before: plain(before),
    after: plain(after),
    ...own !== undefined && { own: plain(own) },
    change: signed(after - before),
    percent: before === 0 ? undefined : minus(
      `${after > before ? "+" : ""}${(100 * (after - before) / Math.abs(before)).toFixed(0)}`,
    ) +
      "\u202f%",
    interval: interval && `${signed(interval.low)} to ${signed(interval.high)}`,
  };
}

function minus(text: string): string {
  return text.replace("-", "−");
}

/** The scores before and after, for a terminal or as Markdown. */
export function scoreTable(
  scores: readonly ScoreComparison[],
  format: "terminal" | "markdown" = "terminal",
): string {
  return renderTable([...scores], [
    { title: "score", value: ({ title }) => title },
    { title: "better", value: ({ better }) => better },
    { title: "before", value: ({ before }) => before.toFixed(3), align: "right" },
    { title: "after", value: ({ after }) => after.toFixed(3), align: "right" },
    ...scores.some(({ own }) => own !== undefined)
      ? [{
        title: "the style's own",
        value: ({ own }: ScoreComparison) => own?.toFixed(3) ?? "",
        align: "right" as const,
      }]
      : [],
    {
      title: "change, 95 % interval",
      value: ({ interval: { low, high } }) => `${signed(low)} to ${signed(high)}`,
      align: "right",
    },
  ], format);
}

/** "+0.123" or "−0.123" */
export function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
}
