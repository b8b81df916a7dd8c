import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { makeRoot } from "./root.ts";
import { targetModule, targetNames } from "./targets/mod.ts";
import { type Defect, loadTarget, sumOf, type Tally, tryInputs } from "./try_inputs.ts";
import { allowedMemory, watchTarget } from "./watch.ts";

/** Inputs of a stream, and the promises that they broke. */
async function tried(
  name: typeof targetNames[number],
  [first, end]: [number, number],
): Promise<{ tally: Tally; defects: Defect[] }> {
  const target = await loadTarget(targetModule(name));
  const root = await makeRoot();
  const defects: Defect[] = [];
  try {
    const range = { stream: `suite ${name}`, first, end };
    const tally = await tryInputs(target, root, range, { found: (it) => defects.push(it) });
    return { tally, defects };
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

describe("a hostile file", () => {
  for (const name of targetNames) {
    it(`is read or refused as promised: ${name}`, async () => {
      const { tally: { inputs, accepted }, defects } = await tried(name, [0, 150]);
      assertEquals(defects, []);
      assertEquals(inputs, 150);
      assert(accepted > 0, "some changes do no harm");
    });
  }

  it("is made by its number alone", async () => {
    const ofAll = (await tried("embedding", [0, 40])).tally;
    const [former, latter] = [
      await tried("embedding", [0, 15]),
      await tried("embedding", [15, 40]),
    ];
    const { longestMs: _, ...counts } = sumOf(former.tally, latter.tally);
    assertEquals({ ...counts, longestMs: ofAll.longestMs }, ofAll);
  });
});

describe("a promise that is broken", () => {
  const broken = (kind: string, options = {}) =>
    watchTarget(new URL(`./broken_target.ts?${kind}`, import.meta.url).href, {
      stream: "broken",
      inputs: 2,
      hangSeconds: 60,
      ...options,
    });

  it("is found, whatever the parser does, and the next input is tried", async () => {
    const kinds = [
      ...["another value", "an untyped TypeError", "a forbidden access", "a polluted prototype"],
      "an error that names no file",
    ];
    for (const kind of kinds) {
      const { tally, defects } = await broken(kind);
      assertEquals(defects.map(({ input }) => input), [0, 1]);
      assertEquals(tally.inputs, 2);
      for (const { what } of defects) assertStringIncludes(what, kind);
    }
  });

  it("is found where the process hangs, ends or takes too much memory", async () => {
    const hung = await broken("hang", { hangSeconds: 1 });
    assertEquals(hung.defects.map(({ kind }) => kind), ["hang", "hang"]);
    const crashed = await broken("crash");
    assertEquals(crashed.defects.map(({ kind }) => kind), ["crash", "crash"]);
    assertStringIncludes(crashed.defects[0].what, "ended with 3");
    const { defects, memoryGrowthBytes } = await broken("memory");
    assertEquals(defects.map(({ kind }) => kind), ["memory", "memory"]);
    assert(memoryGrowthBytes < 2e9, "it is ended long before it has all");
  });

  it("is no input's that takes little, where the process has taken much for many", async () => {
    const { tally, defects, memoryGrowthBytes } = await broken("garbage", { inputs: 8 });
    assertEquals([tally.inputs, defects], [8, []]);
    assert(memoryGrowthBytes > allowedMemory);
  });

  it("is shown with the smallest file that breaks it", async () => {
    const { defects } = await broken("an untyped TypeError", { inputs: 10 });
    assert(defects.length > 5);
    for (const { smallest } of defects) assertEquals(JSON.parse(smallest!).how.changes.length, 1);
  });
});
