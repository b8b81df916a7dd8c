/** Finds the pinned wheel on a package index. */
import { PackageURL, UrlConverter } from "@socketregistry/packageurl-js";
import { Parser } from "htmlparser2";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type IndexRequest, networkError, redacted, retry } from "./index_request.ts";
import type { IndexSettings } from "./index_settings.ts";
import type { PinnedWheel } from "./pinned_wheel.ts";

/** An address of the pinned wheel, or the reason why a place does not offer it. */
type WheelOffer = { url: URL } | { problem: string };

const retrySeconds = [1, 3];

/** Asks each place in turn, the nearest first; the caller stops at the first that serves. */
export async function* findWheel(
  wheel: PinnedWheel,
  settings: IndexSettings,
  request: IndexRequest,
): AsyncGenerator<WheelOffer> {
  const pages = [
    ...settings.findLinks,
    ...settings.indexes.map((index) => projectPage(index, wheel.project)),
    ...(settings.usePublicIndex ? [publicIndexPage(wheel.project, wheel.version)] : []),
  ];
  for (const page of pages) {
    try {
      yield { url: pick(await listFiles(page, request), wheel, redacted(page)) };
    } catch (error) {
      yield { problem: (error as Error).message };
    }
  }
}

/** PEP 503: a project's page is the index's address, its normalised name and a slash. */
function projectPage(index: URL, project: string): URL {
  const page = new URL(index);
  page.pathname = `${page.pathname.replace(/\/$/, "")}/${project}/`;
  return page;
}

function pick(files: IndexFile[], wheel: PinnedWheel, place: string): URL {
  const named = files.filter((file) => file.name === wheel.fileName);
  if (named.length === 0) throw new Error(`${place} has no ${wheel.fileName}`);
  const file = named.find((file) => file.sha256 === undefined || file.sha256 === wheel.sha256);
  if (!file) throw new Error(`${place} has another ${wheel.fileName}`);
  return file.url;
}

async function listFiles(page: URL, request: IndexRequest): Promise<IndexFile[]> {
  if (page.protocol === "file:") return await listLocalFiles(page);
  const { text, type, address } = await retry(() => readPage(page, request), retrySeconds);
  const files = parseIndexPage(text, type, address);
  return files.map((file) => ({ ...file, url: withCredentialsOf(page, file.url) }));
}

async function readPage(page: URL, request: IndexRequest) {
  try {
    const response = await request(page, {
      headers: { accept: acceptedIndexPages },
      signal: AbortSignal.timeout(60_000),
    });
    return {
      text: await response.text(),
      type: response.headers.get("content-type") ?? "",
      address: new URL(response.url),
    };
  } catch (error) {
    throw networkError(error, page);
  }
}

/** A local page, a local index's folder with its page, or a folder of wheels. */
async function listLocalFiles(page: URL): Promise<IndexFile[]> {
  const path = fileURLToPath(page);
  const info = await Deno.stat(path).catch(() => null);
  if (!info) throw new Error(`${path} does not exist`);
  if (info.isFile) return parseIndexPage(await Deno.readTextFile(path), "text/html", page);
  const folder = new URL(page.href.replace(/\/?$/, "/"));
  const names = (await Array.fromAsync(Deno.readDir(path))).map((entry) => entry.name);
  if (names.includes("index.html")) {
    return parseIndexPage(await Deno.readTextFile(join(path, "index.html")), "text/html", folder);
  }
  return names.map((name) => ({ name, url: new URL(encodeURIComponent(name), folder) }));
}

/** Credentials go to the index's own host and nowhere else. */
function withCredentialsOf(page: URL, url: URL): URL {
  if (url.origin !== page.origin || url.username) return url;
  const authorized = new URL(url);
  authorized.username = page.username;
  authorized.password = page.password;
  return authorized;
}

/** A file that a package index offers. */
type IndexFile = { name: string; url: URL; sha256?: string };

/** What is asked of an index: its JSON form, or else its HTML form. */
const acceptedIndexPages =
  "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

/**
 * Reads a project's page of a package index: JSON as in PEP 691, or HTML as in PEP 503. Addresses in
 * it may be relative to `pageUrl`. Throws when a page that says it is JSON is not.
 */
export function parseIndexPage(text: string, contentType: string, pageUrl: URL): IndexFile[] {
  return /[/+]json\b/.test(contentType) ? parseJson(text, pageUrl) : parseHtml(text, pageUrl);
}

const jsonPage = z.object({
  files: z.array(z.object({
    filename: z.string(),
    url: z.string(),
    hashes: z.object({ sha256: z.string().optional() }),
  })),
});

function parseJson(text: string, pageUrl: URL): IndexFile[] {
  return jsonPage.parse(JSON.parse(text)).files.map(({ filename, url, hashes }) => ({
    name: filename,
    url: new URL(url, pageUrl),
    sha256: hashes.sha256,
  }));
}

function parseHtml(text: string, pageUrl: URL): IndexFile[] {
  const files: IndexFile[] = [];
  let base = pageUrl;
  const parser = new Parser({
    onopentag(tag, { href }) {
      if (!href || !URL.canParse(href, base)) return;
      const url = new URL(href, base);
      if (tag === "base") base = url;
      if (tag === "a") files.push(linkedFile(url));
    },
  });
  parser.end(text);
  return files;
}

/** As it stands where it is not encoded as it should be: it then names no wheel. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function linkedFile(url: URL): IndexFile {
  const name = decoded(url.pathname.slice(url.pathname.lastIndexOf("/") + 1));
  const sha256 = /^#sha256=([0-9a-f]{64})/i.exec(url.hash)?.[1].toLowerCase();
  const address = new URL(url);
  address.hash = "";
  return { name, url: address, sha256 };
}

/** The public index's page of a Python project, derived from the project's package URL (purl). */
export function publicIndexPage(project: string, version: string): URL {
  const purl = new PackageURL("pypi", undefined, project, version, undefined, undefined);
  const page = UrlConverter.toDownloadUrl(purl)?.url;
  if (!page) throw new Error(`no download address is known for ${purl}`);
  return new URL(page);
}
