/** Every name that deno.json gives to others, or that code here imports by. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import manifest from "../deno.json" with { type: "json" };

const root = join(import.meta.dirname!, "..");
const imports: Record<string, string> = manifest.imports;
const rooms = Object.keys(manifest.exports).map((name) => name.replace(/^\.\/?/, ""));

describe("the package", () => {
  for (const room of rooms) {
    const name = room === "" ? "specialist" : `specialist/${room}`;
    it(`is imported as "${name}"`, async () => {
      const module = await import(name);
      assert(Object.keys(module).length > 0);
      assertEquals(imports[name], manifest.exports[room === "" ? "." : `./${room}` as "."]);
    });
  }

  it("has rooms for what they are called, and all of them", () => {
    const folders = [...Deno.readDirSync(join(root, "lib"))]
      .flatMap(({ name, isDirectory }) => isDirectory && name !== "internal" ? [name] : []);
    assertEquals(rooms.filter((room) => room !== "").sort(), folders.sort());
  });
});

describe("the import map", () => {
  for (const [name, target] of Object.entries(imports)) {
    it(`has something behind "${name}"`, async () => {
      if (target.startsWith("./")) {
        await Deno.stat(join(root, target));
        return;
      }
      const [, specifier, version] = /^npm:(.+)@([^@]+)$/.exec(target)!;
      const file = join(root, "node_modules", ...specifier.split("/"), "package.json");
      assertEquals(JSON.parse(await Deno.readTextFile(file)).version, version);
    });
  }
});
