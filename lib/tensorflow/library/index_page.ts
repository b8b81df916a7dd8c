import { Parser } from "htmlparser2";
import { z } from "zod";

/** A file that a package index offers. */
export type IndexFile = { name: string; url: URL; sha256?: string };

/** What is asked of an index: its JSON form, or else its HTML form. */
export const acceptedIndexPages =
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
