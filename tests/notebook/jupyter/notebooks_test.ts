/** `deno task notebooks` and `deno task check-notebooks`, on small notebooks made here. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { join, relative } from "node:path";
import { UserError } from "specialist/internal/runtime/mod.ts";
import { checkNotebooks, executeNotebooks } from "specialist/notebook/jupyter/mod.ts";
import { jupyterOrReason, notebookOf } from "./jupyter.ts";

const root = join(import.meta.dirname!, "..", "..", "..");
const jupyter = await jupyterOrReason();
const missing = typeof jupyter === "string";

let folder: string;

beforeAll(async () => {
  folder = await Deno.makeTempDir({ dir: import.meta.dirname, prefix: "notebooks-" });
});
afterAll(() => Deno.remove(folder, { recursive: true }));

/** A notebook in a subfolder of the project. */
async function write(name: string, ...cells: string[]): Promise<string> {
  const file = join(folder, name);
  await Deno.writeTextFile(file, notebookOf(cells));
  return file;
}

const alias = 'import { formatCount } from "specialist/internal/runtime/mod.ts";';

describe(`notebooks that are run${missing ? ` (skipped: ${jupyter})` : ""}`, {
  ignore: missing,
}, () => {
  const pixel =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

  it("keep their outputs where asked to, and become pages that need no network", async () => {
    const notebook = await write(
      "story.ipynb",
      `${alias}\nconsole.log(formatCount(12345), Deno.env.get("SPECIALIST_FAST"));`,
      `await Deno.jupyter.display({ "image/png": "${pixel}" }, { raw: true });`,
    );
    const pages = join(folder, "pages");
    await executeNotebooks([notebook], { pages, keep: true });
    const { cells } = JSON.parse(await Deno.readTextFile(notebook));
    assertEquals(cells[0].outputs[0].text, ["12,345 undefined\n"]);
    assertEquals(cells[1].outputs[0].data["image/png"].trim(), pixel);
    const page = await Deno.readTextFile(join(pages, "story.html"));
    assertStringIncludes(page, "12,345 undefined");
    assertStringIncludes(page, `data:image/png;base64,${pixel}`);
    assertEquals(page.match(/<(script|link)[^>]+(src|href)="http[^"]*"/g), null);
  });

  it("are told to be fast, and left as they were", async () => {
    const notebook = await write("fast.ipynb", 'console.log(Deno.env.get("SPECIALIST_FAST"));');
    const before = await Deno.readTextFile(notebook);
    await executeNotebooks([notebook], { fast: true, pages: folder });
    assertEquals(await Deno.readTextFile(notebook), before);
    assertStringIncludes(await Deno.readTextFile(join(folder, "fast.html")), "<pre>1\n</pre>");
  });

  it("are named with the cell that fails, and left as they were", async () => {
    const notebook = await write("broken.ipynb", "1", 'throw new RangeError("too far")', "2");
    const before = await Deno.readTextFile(notebook);
    const error = await assertRejects(() => executeNotebooks([notebook]), Error);
    assertEquals(error.message, `${relative(root, notebook)}, cell 2: RangeError: too far`);
    assertEquals(await Deno.readTextFile(notebook), before);
  });

  it("are refused when they have become too large", async () => {
    const notebook = await write("large.ipynb", 'console.log("x".repeat(1.6e6))');
    await assertRejects(() => executeNotebooks([notebook]), Error, "larger than 1.5 MB");
  });
});

describe("notebooks that are checked", () => {
  it("pass where nothing is wrong", async () => {
    const notebook = await write("right.ipynb", alias, "await 1;\nformatCount(12345);");
    assertEquals(await checkNotebooks([notebook]), "");
  });

  it("are named with cell and line where a type is wrong, or lint finds something", async () => {
    const right = await write("plain.ipynb", "const a = 1;\na;");
    const notebook = await write("wrong.ipynb", alias, "1;\nformatCount('many');", "const b = 1;");
    const complaints = await checkNotebooks([right, notebook]);
    const name = relative(root, notebook);
    assertStringIncludes(complaints, "'string' is not assignable to parameter of type 'number'");
    assertStringIncludes(complaints, `${name}, cell 2, line 2, column 13`);
    assertStringIncludes(complaints, `${name}, cell 3, line 1, column 7 - \`b\` is never used`);
    assertEquals([...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".ts")), []);
  });

  it("are named with their last line where something is left open", async () => {
    const notebook = await write("open.ipynb", "const a = 1;\na;", "if (a === 1) {\n  a;");
    const complaints = await checkNotebooks([notebook]);
    assertStringIncludes(complaints, `${relative(root, notebook)}, cell 2, line 2`);
  });

  it("are refused where Deno could not know their language", async () => {
    const notebook = await write("nameless.ipynb", "1;");
    const text = await Deno.readTextFile(notebook);
    await Deno.writeTextFile(notebook, text.replace("language_info", "other"));
    await assertRejects(() => checkNotebooks([notebook]), UserError, "metadata.language_info");
  });

  it("are named where they are not formatted", async () => {
    const notebook = await write("unformatted.ipynb", "const   a=1;\na;");
    assertStringIncludes(
      await checkNotebooks([notebook]),
      `${relative(root, notebook)} is not formatted`,
    );
  });
});
