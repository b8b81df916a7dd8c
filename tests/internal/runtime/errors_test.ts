import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { statSync } from "node:fs";
import { join } from "node:path";
import {
  didYouMean,
  exitCodeOf,
  Interrupted,
  reasonOf,
  renderError,
  UserError,
  writeAtomically,
} from "specialist/internal/runtime/mod.ts";

describe("error", () => {
  it("shows what, where, the value and the remedy", () => {
    const error = new UserError({
      what: "the image has no caption",
      file: "shots/a.png",
      field: "caption",
      value: "",
      remedy: "write it to shots/a.txt",
    });
    assertEquals(
      renderError(error),
      [
        "error: the image has no caption",
        "  file    shots/a.png",
        "  field   caption",
        '  value   ""',
        "  remedy  write it to shots/a.txt",
      ].join("\n"),
    );
    assertStringIncludes(error.message, "shots/a.png, caption: the image has no caption");
  });

  it("stays on one screen with a huge value", () => {
    const error = new UserError({ what: "too long", value: "x".repeat(1e6), remedy: "shorten it" });
    assert(renderError(error).length < 1000);
  });

  it("shows nothing that a terminal would obey, however long a name in a file is", () => {
    const what = `tensor "\u001b]0;title\u0007${"x".repeat(1e6)}"`;
    const error = new UserError({ what, field: "\u001b[2J", value: "\u0000", remedy: "rename it" });
    for (const text of [renderError(error), error.message]) {
      assert(text.length < 4000);
      // deno-lint-ignore no-control-regex
      assert(!/[\x00-\x08\x0b-\x1f]/.test(text), text.slice(0, 40));
    }
  });

  it("of the system gets a remedy, however deep it lies", () => {
    const cause = Object.assign(new Error("too many open files"), { code: "EMFILE" });
    const error = new Error("cannot read a.txt", { cause: new Error("inner", { cause }) });
    assertStringIncludes(renderError(error), "cannot read a.txt\n  remedy  allow more open files");
  });

  it("of the system names the path and the reason, not the call", async () => {
    const folder = await Deno.makeTempDir();
    const path = join(folder, "none");
    const failing: [string, string, () => unknown][] = [
      [path, "no such file or folder", () => Deno.readTextFileSync(path)],
      [path, "no such file or folder", () => statSync(path)],
      [folder, "a folder where a file is needed", () => Deno.readTextFileSync(folder)],
    ];
    for (const [file, reason, fail] of failing) {
      const text = renderError(assertThrows(fail, Error));
      for (const part of [reason, `  file    ${file}`]) assertStringIncludes(text, part);
      assert(!/os error|ENOENT|EISDIR|stat |open |readfile/.test(text), text);
      assert(!/os error|: (stat|open|readfile)/.test(reasonOf(assertThrows(fail, Error))));
    }
    await Deno.remove(folder, { recursive: true });
  });

  it("of the system gets the remedy that goes with it", async () => {
    const folder = await Deno.makeTempDir();
    const inFolder = (name: string) => join(folder, name);
    try {
      await Deno.writeTextFile(inFolder("file"), "");
      await Deno.symlink(inFolder("loop"), inFolder("loop"));
      const failing: [string, () => Promise<unknown>][] = [
        ["shorten the name", () => Deno.readTextFile(inFolder("x".repeat(300)))],
        ["remove the link", () => Deno.readTextFile(inFolder("loop"))],
      ];
      for (const [remedy, fail] of failing) {
        const error = await assertRejects(fail, Error);
        assertStringIncludes(renderError(error), `remedy  ${remedy}`);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  it("of too many open files tells how to allow more", async () => {
    const code = `
      import { renderError } from "specialist/internal/runtime/mod.ts";
      const opened = [];
      try {
        while (opened.length < 1000) opened.push(Deno.openSync("deno.json"));
      } catch (error) {
        console.log(renderError(error));
      }`;
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", 'ulimit -n 200 && exec "$0" eval "$1"', Deno.execPath(), code],
    }).output();
    assertStringIncludes(new TextDecoder().decode(stdout), "remedy  allow more open files");
  });

  it("of a permission that was not given says what else can be done", () => {
    const cause = new Deno.errors.NotCapable(
      'Requires write access to "/a", run again with the --allow-write flag',
    );
    const text = renderError(new Error("cannot write /a", { cause }));
    assertStringIncludes(text, 'error: Requires write access to "/a"\n  remedy  name the place');
  });

  it("of a full disk says so, and leaves nothing half-written", {
    ignore: Deno.build.os !== "linux",
  }, async () => {
    const folder = await Deno.makeTempDir();
    const path = join(folder, "weights.bin");
    await Deno.writeTextFile(path, "earlier");
    const error = await assertRejects(() =>
      writeAtomically(path, () => Deno.writeFile("/dev/full", new Uint8Array(8)))
    );
    for (const part of ["disk full", path, "free)", "free some space"]) {
      assertStringIncludes(renderError(error), part);
    }
    assertEquals(await Deno.readTextFile(path), "earlier");
    assertEquals(Array.from(Deno.readDirSync(folder)).length, 1);
    await Deno.remove(folder, { recursive: true });
  });

  it("of any kind has text", () => {
    assertEquals(renderError(new TypeError("x is undefined")), "error: x is undefined");
    assertEquals(renderError("text"), 'error: "text"');
  });
});

describe("exit code", () => {
  const codes: [string, unknown, number][] = [
    ["a mistake of the user", new UserError({ what: "", remedy: "" }), 2],
    ["a network that failed", new UserError({ what: "", failed: true }), 1],
    ["another error", new Error(), 1],
    ["Ctrl-C", new Interrupted("SIGINT"), 130],
    ["a request to terminate", new Interrupted("SIGTERM"), 143],
    ["an aborted signal", new DOMException("", "AbortError"), 130],
  ];
  for (const [what, error, code] of codes) {
    it(`is ${code} for ${what}`, () => assertEquals(exitCodeOf(error), code));
  }
});

describe("suggestion", () => {
  it("is made for a word that is close, else not", () => {
    assertEquals(didYouMean("sed", ["style", "seed"]), ', did you mean "seed"?');
    assertEquals(didYouMean("lroa", ["full", "lora"]), ', did you mean "lora"?');
    assertEquals(didYouMean("LoRA", ["full", "lora"]), ', did you mean "lora"?');
    assertEquals(didYouMean("guidance", ["style", "seed"]), "");
    assertEquals(didYouMean("x", []), "");
  });
});
