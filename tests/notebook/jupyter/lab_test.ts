/** JupyterLab as `deno task lab` starts it, in a headless browser. */
import { assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { join, relative } from "node:path";
import { createInterface } from "node:readline/promises";
import { Readable } from "node:stream";
import type { Browser, Page } from "puppeteer-core";
import { cacheFolder } from "specialist/internal/runtime/mod.ts";
import { findBrowser, launchBrowser } from "./browser.ts";
import { jupyterOrReason, notebookOf, twentyCells } from "./jupyter.ts";

const root = join(import.meta.dirname!, "..", "..", "..");
const jupyter = await jupyterOrReason();
const program = findBrowser();
const missing = typeof jupyter === "string"
  ? jupyter
  : program === undefined
  ? "no browser; apt install chromium-headless-shell"
  : undefined;

describe(`JupyterLab${missing ? ` (skipped: ${missing})` : ""}`, {
  ignore: missing !== undefined,
}, () => {
  let folder: string, home: string, address: string;
  let lab: Deno.ChildProcess;
  let browser: Browser;

  beforeAll(async () => {
    folder = await Deno.makeTempDir({ dir: import.meta.dirname, prefix: "lab-" });
    home = await Deno.makeTempDir();
    lab = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "lib/notebook/jupyter/lab.ts",
        "--no-browser",
        "--port",
        "8900",
      ],
      cwd: root,
      env: { HOME: home, SPECIALIST_CACHE: cacheFolder(), DENO_DIR: await denoFolder() },
      stdout: "null",
      stderr: "piped",
    }).spawn();
    address = await addressIn(lab.stderr);
    browser = await launchBrowser(program!);
  });
  afterAll(async () => {
    await browser.close();
    lab.kill("SIGTERM");
    await lab.status;
    for (const path of [folder, home]) await Deno.remove(path, { recursive: true });
  });

  /** The notebook in a page, with a kernel that waits for cells. */
  async function open(cells: string[]): Promise<{ page: Page; file: string }> {
    const file = join(folder, `${crypto.randomUUID()}.ipynb`);
    await Deno.writeTextFile(file, notebookOf(cells));
    const page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    const { origin, search } = new URL(address);
    const workspace = `lab/workspaces/${crypto.randomUUID()}`;
    await page.goto(`${origin}/${workspace}/tree/${relative(root, file)}${search}`);
    await untilIdle(page);
    return { page, file };
  }

  it("puts each output under its own cell when all cells run", async () => {
    const { page, file } = await open(twentyCells.map(({ code }) => code));
    const rounds = Number(Deno.env.get("SPECIALIST_ROUNDS") ?? 1);
    for (let round = 1; round <= rounds; round++) {
      await runAll(page);
      await untilRun(page, 20 * round);
      const saved = await save(page, file);
      assertEquals(saved, twentyCells.map(({ outputs }) => outputs));
    }
    await page.close();
  });

  it("stops a cell, runs no more of them, and keeps variables", async () => {
    const { page, file } = await open([
      "globalThis.runs = (globalThis.runs ?? 0) + 1;",
      "while (runs === 1) await new Promise((resolve) => setTimeout(resolve, 10));",
      "console.log(runs)",
    ]);
    await runAll(page);
    await untilPrompt(page, 0, "[1]:");
    await page.locator('[data-command="notebook:interrupt-kernel"]').click();
    await untilIdle(page);
    const [, [error], last] = await save(page, file);
    assertMatch(error, /Stopped; variables are kept/);
    assertEquals(last, []);
    await runAll(page);
    await untilRun(page, 5);
    assertEquals((await save(page, file)).at(-1), ["2\n"]);
    await page.close();
  });

  it("writes nothing to the user's home", () => {
    assertEquals([...Deno.readDirSync(home)], []);
  });
});

async function denoFolder(): Promise<string> {
  const info = new Deno.Command(Deno.execPath(), { args: ["info", "--json"], cwd: root });
  return JSON.parse(new TextDecoder().decode((await info.output()).stdout)).denoDir;
}

/** Jupyter's address with its token, when it says it. What it says later is passed over. */
async function addressIn(stream: ReadableStream<Uint8Array>): Promise<string> {
  const [first, rest] = stream.tee();
  rest.pipeTo(new WritableStream());
  for await (const line of createInterface({ input: Readable.from(first) })) {
    const address = /http:\/\/127\S+token=\w+/.exec(line)?.[0];
    if (address) return address;
  }
  throw new Error("JupyterLab has ended");
}

async function untilIdle(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document.querySelector(".jp-Notebook .jp-CodeCell") &&
    document.body.innerText.includes("Specialist (TypeScript) | Idle")
  );
}

async function runAll(page: Page): Promise<void> {
  await page.locator(".lm-MenuBar-item ::-p-text(Run)").click();
  await page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click();
}

/** Until the last cell has run, as the kernel's so manieth. */
async function untilRun(page: Page, count: number): Promise<void> {
  await untilPrompt(page, -1, `[${count}]:`);
  await untilIdle(page);
}

async function untilPrompt(page: Page, cell: number, prompt: string): Promise<void> {
  await page.waitForFunction(
    (cell, prompt) =>
      [...document.querySelectorAll(".jp-InputPrompt")].at(cell)?.textContent === prompt,
    {},
    cell,
    prompt,
  );
}

type Output = { text?: string[]; data?: Record<string, string[]>; evalue?: string };

/** Saves the notebook, and reads what it has under each cell. */
async function save(page: Page, file: string): Promise<string[][]> {
  await page.locator('[data-command="docmanager:save"]').click();
  await page.waitForFunction(() => !document.querySelector(".jp-mod-dirty, .jp-DirtyIndicator"));
  const { cells } = JSON.parse(await Deno.readTextFile(file));
  return cells.map(({ outputs }: { outputs: Output[] }) =>
    outputs.map(({ text, data, evalue }) =>
      evalue ?? [text ?? Object.values(data!)[0]].flat().join("")
    )
  );
}
