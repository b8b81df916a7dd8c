import { type Content, Html, html } from "../html/mod.ts";
import style from "./page/page.css" with { type: "text" };
import script from "./page/page.js" with { type: "text" };

/** Lets the page use what it carries and nothing else. */
const contentSecurityPolicy =
  "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** An HTML page that loads nothing from elsewhere, and draws its figures. */
export async function renderPage(title: string, content: Content): Promise<string> {
  const plotly = await Deno.readTextFile(
    new URL(import.meta.resolve("plotly.js-cartesian-dist-min")),
  );
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>${title}</title>
        <link rel="icon" href="data:,">
        <style>${new Html(style)}</style>
      </head>
      <body>
        <main>
          ${content}
        </main>
        <script>${new Html(plotly)}</script>
        <script>${new Html(script)}</script>
      </body>
    </html>
  `.source;
}
