import { delimiter, join } from "node:path";
import puppeteer from "puppeteer-core";
import type { Browser } from "puppeteer-core";

const names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];

/** The program of a headless browser on the search path. */
export function findBrowser(): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isFile);
}

export function launchBrowser(program: string): Promise<Browser> {
  return puppeteer.launch({
    executablePath: program,
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
    defaultViewport: { width: 1200, height: 900 },
  });
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
