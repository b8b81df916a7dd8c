import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { z } from "zod";
import {
  listOf,
  parseJson,
  readJson,
  readText,
  replaceFolder,
  UserError,
} from "specialist/internal/runtime/mod.ts";

/** Runs `check` on a path for a folder, in a new one that is empty otherwise. */
async function withPath(check: (path: string, parent: string) => Promise<void>): Promise<void> {
  const parent = await Deno.makeTempDir();
  try {
    await check(join(parent, "model"), parent);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

/** Writes each file with its own name as text. */
const writing = (...names: string[]) => async (folder: string) => {
  for (const name of names) await Deno.writeTextFile(join(folder, name), name);
};

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

describe("replaceFolder", () => {
  it("makes a folder, and those above it", () =>
    withPath(async (path) => {
      const nested = join(path, "runs", "1");
      await replaceFolder(nested, writing("a"));
      assertEquals(await namesIn(nested), ["a"]);
    }));

  it("leaves nothing of the old folder, and nothing next to the new one", () =>
    withPath(async (path, parent) => {
      await replaceFolder(path, writing("a", "b"));
      await replaceFolder(path, writing("b", "c"));
      assertEquals(await namesIn(path), ["b", "c"]);
      assertEquals(await namesIn(parent), ["model"]);
    }));

  it("lets the old folder be read while the new one is written", () =>
    withPath(async (path) => {
      await replaceFolder(path, writing("a"));
      await replaceFolder(path, async (folder) => {
        await writing("b")(folder);
        assertEquals(await namesIn(path), ["a"]);
      });
    }));

  it("keeps the old folder where writing fails, and nothing of the new one", () =>
    withPath(async (path, parent) => {
      const failing = async (folder: string) => {
        await writing("b")(folder);
        throw new Error("the disk is full");
      };
      await assertRejects(() => replaceFolder(path, failing), Error, "the disk is full");
      assertEquals(await namesIn(parent), []);
      await replaceFolder(path, writing("a"));
      await assertRejects(() => replaceFolder(path, failing), Error, "the disk is full");
      assertEquals(await namesIn(parent), ["model"]);
      assertEquals(await namesIn(path), ["a"]);
      assertEquals(await Deno.readTextFile(join(path, "a")), "a");
    }));
});

describe("a text file", () => {
  it("may begin with a byte order mark, and is refused where it is not UTF-8", () =>
    withPath(async (path) => {
      await Deno.writeTextFile(path, "\ufeff{}");
      assertEquals(await readText(path), "{}");
      await Deno.writeFile(path, Uint8Array.of(0x63, 0xe9));
      await assertRejects(() => readText(path), UserError, path);
    }));

  it("is refused where it is too large, no file, or never ends", () =>
    withPath(async (path, parent) => {
      await Deno.writeFile(path, new Uint8Array());
      await Deno.truncate(path, 2 ** 40);
      await assertRejects(() => readText(path), UserError, "1.1 TB, more than");
      await assertRejects(() => readText(parent), UserError, "this is not a file");
      if (Deno.build.os === "windows") return;
      await Deno.symlink("/dev/zero", join(parent, "endless"));
      await assertRejects(() => readText(join(parent, "endless")), UserError, "this is not a file");
    }));
});

describe("JSON from elsewhere", () => {
  const refused: [string, string, string][] = [
    ["that is none", "{", "not JSON"],
    ["nested deeper than any stack", "[".repeat(200_000) + "]".repeat(200_000), "nested deeper"],
    ["of more values than memory", `[${"[],".repeat(600_000)}0]`, "more than 500000 values"],
    ["with a key that is a prototype", '{"a":[{"__proto__":{"polluted":true}}]}', "__proto__"],
  ];
  for (const [what, text, said] of refused) {
    it(`${what} is refused`, () => void assertThrows(() => parseJson(text), SyntaxError, said));
  }

  it("keeps keys that are called like an object's own functions", () => {
    assertEquals(parseJson('{"constructor": 1}'), { constructor: 1 });
  });

  it("is told by the first of many wrong entries, with its place", () =>
    withPath(async (path) => {
      await Deno.writeTextFile(path, `{"list": [{"id": 1}, ${'{"id": "x"}, '.repeat(9999)}0]}`);
      const schema = z.object({ list: listOf(z.object({ id: z.int() })) });
      const error = await assertRejects(
        () => readJson(path, schema),
        UserError,
        "list.1.id: must be an integer",
      );
      assertEquals((error.cause as z.ZodError).issues.length, 1);
    }));
});
