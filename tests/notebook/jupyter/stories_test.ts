/** The project's own notebooks, run fast from top to bottom; their pages, in a headless browser. */
import { assert, assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "puppeteer-core";
import { executeNotebooks, findNotebooks } from "specialist/notebook/jupyter/mod.ts";
import { findBrowser, launchBrowser } from "./browser.ts";
import { jupyterOrReason } from "./jupyter.ts";

const jupyter = await jupyterOrReason();
const missing = typeof jupyter === "string";
const program = findBrowser();
const notebooks = await findNotebooks();

describe(`the notebooks${missing ? ` (skipped: ${jupyter})` : ""}`, { ignore: missing }, () => {
  let pages: string;
  let browser: Browser | undefined;
  beforeAll(async () => {
    pages = await Deno.makeTempDir();
    browser = program === undefined ? undefined : await launchBrowser(program);
  });
  afterAll(async () => {
    await browser?.close();
    await Deno.remove(pages, { recursive: true });
  });

  for (const notebook of notebooks) {
    const name = basename(notebook, ".ipynb");
    it(`${name} runs from top to bottom, and its page draws every figure`, async () => {
      await executeNotebooks([notebook], { fast: true, pages });
      if (!browser) return;
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error") complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.goto(pathToFileURL(join(pages, `${name}.html`)).href);
      await page.waitForFunction(everyFigureIsDrawn);
      assert(await page.$$eval(".specialist-figure", ({ length }) => length) > 0);
      assertEquals(complaints, []);
      await page.close();
    });
  }
});

/** Runs in the page. */
const everyFigureIsDrawn = `
  [...document.querySelectorAll(".specialist-figure")].every((it) => it.querySelector("svg.main-svg"))`;
