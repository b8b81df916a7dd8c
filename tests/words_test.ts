/** One concept has one name: words.json lists those that are not used any more. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { z } from "zod";

const root = join(import.meta.dirname!, "..");

const wordSchema = z.strictObject({
  avoid: z.string().describe("Regular expression of whole words"),
  write: z.string(),
  allow: z.array(z.string()).optional().describe("Lines that hold one of these may use the word"),
});
const words = z.strictObject({ names: z.array(wordSchema), prose: z.array(wordSchema) }).parse(
  JSON.parse(await Deno.readTextFile(join(import.meta.dirname!, "words.json"))),
);

/** Each use of an avoided word in `text`, as "line: word (write …)". A phrase may span lines. */
function avoidedIn(text: string, list: typeof words.prose): string[] {
  return list.flatMap(({ avoid, write, allow = [] }) => {
    const spaced = avoid.replaceAll(" ", String.raw`(?:[ ]|\s*\n\s*(?:\*|//)?\s*)`);
    return [...text.matchAll(new RegExp(String.raw`(?<![\w-])(?:${spaced})(?![\w-])`, "g"))]
      .flatMap(({ 0: word, index }) => {
        const line = text.slice(
          text.lastIndexOf("\n", index) + 1,
          text.indexOf("\n", index + word.length) >>> 0,
        );
        if (allow.some((part) => line.includes(part))) return [];
        const number = text.slice(0, index).split("\n").length;
        return [`${number}: ${word.replaceAll(/\s*\n\s*(\*|\/\/)?\s*/g, " ")} (write ${write})`];
      });
  });
}

/** The project's texts, by path; fixtures are others' work. */
async function* texts(): AsyncGenerator<[path: string, text: string]> {
  const skipped = /^tests\/(fixtures|words)/;
  for (const top of ["README.md", "CONTRIBUTING.md"]) {
    yield [top, await Deno.readTextFile(join(root, top))];
  }
  const folders = ["lib", "experiments", "tests", "docs"];
  while (folders.length > 0) {
    const folder = folders.pop()!;
    for await (const { name, isDirectory } of Deno.readDir(join(root, folder))) {
      const path = `${folder}/${name}`;
      if (skipped.test(path)) continue;
      if (isDirectory) folders.push(path);
      else if (/\.(ts|py|md)$/.test(name)) {
        yield [path, await Deno.readTextFile(join(root, path))];
      }
    }
  }
}

describe("words", () => {
  it("are the same for the same thing, everywhere", async () => {
    const avoided: string[] = [];
    for await (const [path, text] of texts()) {
      const list = path.endsWith(".ts") ? [...words.names, ...words.prose] : words.prose;
      avoided.push(...avoidedIn(text, list).map((use) => `${path}:${use}`));
    }
    assertEquals([...new Set(avoided)].sort(), []);
  });

  it("name one thing: what a file of lib exports, no other file does", async () => {
    const files: Record<string, string[]> = {};
    const declared = /^export (?:async )?(?:function\*?|const|let|class|type|interface) (\w+)/gm;
    for await (const [path, text] of texts()) {
      if (!/^lib\/.*\.ts$/.test(path)) continue;
      const names = new Set(text.matchAll(declared).map(([, name]) => name));
      for (const name of names) (files[name] ??= []).push(path);
    }
    const shared = Object.entries(files).filter(([, paths]) => paths.length > 1);
    assertEquals(Object.fromEntries(shared), {});
  });

  it("that are avoided are found, also where a line ends", () => {
    const list = [{ avoid: "so many steps", write: "n" }, { avoid: "rungs?", write: "backend" }];
    assertEquals(avoidedIn("/** After so\n * many steps, wrung. */\n// the rungs", list), [
      "1: so many steps (write n)",
      "3: rungs (write backend)",
    ]);
  });
});
