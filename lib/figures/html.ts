const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text that is HTML already. */
export class Html {
  constructor(readonly source: string) {}
}

/** What a template takes: text is escaped, HTML is not, lists are joined, `undefined` is nothing. */
export type Content = string | number | Html | undefined | Content[];

/**
 * Template tag for HTML that escapes what is put in, in text and in quoted attributes.
 *
 * ```ts
 * html`<p title="${'"'}">${"<b>"}</p>`.source; // <p title="&quot;">&lt;b&gt;</p>
 * ```
 */
export function html(strings: TemplateStringsArray, ...contents: Content[]): Html {
  return new Html(String.raw({ raw: strings }, ...contents.map(render)));
}

/** JSON that can stand inside a script element. */
export function scriptJson(value: unknown): Html {
  return new Html(JSON.stringify(value).replaceAll("<", "\\u003c"));
}

function render(content: Content): string {
  if (content === undefined) return "";
  if (content instanceof Html) return content.source;
  if (Array.isArray(content)) return content.map(render).join("");
  return String(content).replace(/[&<>"']/g, (character) => entities[character]);
}
