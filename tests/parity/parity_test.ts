/** How cases are compared. All of them are run by the test of `deno task parity`, confined as it is. */
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { useBackend } from "specialist/internal/tensor/mod.ts";
import { readSafetensors, writeSafetensors } from "specialist/models/files/safetensors.ts";
import { readFixture } from "./fixture.ts";
import { compareOutputs, type Fixture } from "./parity_case.ts";
import { findCases, missesOf, ownFixtures, runCase } from "./run_case.ts";

await useBackend();

describe("parity check", () => {
  const original = join(ownFixtures, "schedulers/ddim");

  /** Runs `check` on a copy of a case that passes. */
  async function withCopy(check: (folder: string) => Promise<void>): Promise<void> {
    const folder = await Deno.makeTempDir();
    try {
      cpSync(original, folder, { recursive: true });
      await check(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }

  async function alterTensor(folder: string): Promise<string> {
    const path = join(folder, "tensors.safetensors");
    const { tensors, metadata } = await readSafetensors(path);
    const output = Object.keys(tensors).find((name) => name.endsWith("/x"))!;
    tensors[output].data[3] += 0.01;
    await writeSafetensors(path, tensors, metadata);
    return output;
  }

  async function alterCase(folder: string, from: string, to: string): Promise<void> {
    const path = join(folder, "case.json");
    const text = await Deno.readTextFile(path);
    assert(text.includes(from));
    await Deno.writeTextFile(path, text.replaceAll(from, to));
  }

  it("passes an unaltered copy", () =>
    withCopy(async (folder) => assertEquals(missesOf(await runCase(folder)), [])));

  it("misses an altered expected value, by the output's name", () =>
    withCopy(async (folder) => {
      const output = await alterTensor(folder);
      const [miss, ...others] = missesOf(await runCase(folder));
      assertStringIncludes(miss, `${output} is `);
      assertStringIncludes(miss, "at element 3, expected ");
      assertEquals(others, []);
    }));

  it("fails on a family it does not know", () =>
    withCopy(async (folder) => {
      await alterCase(folder, '"schedulers/ddim"', '"astrology/ddim"');
      assertStringIncludes(missesOf(await runCase(folder))[0], 'unknown case "astrology/ddim"');
    }));

  it("fails on a case its family does not know", () =>
    withCopy(async (folder) => {
      await alterCase(folder, '"DDIMScheduler"', '"LCMScheduler"');
      assertStringIncludes(missesOf(await runCase(folder))[0], '(got "LCMScheduler")');
    }));

  it("fails on an output that tensors.safetensors has not", () =>
    withCopy(async (folder) => {
      await alterCase(folder, '"n10/timesteps"', '"n10/moments"');
      assertStringIncludes(missesOf(await runCase(folder))[0], 'lists "n10/moments"');
    }));

  it("finds no case in a folder without one", async () => {
    const folder = await Deno.makeTempDir();
    assertThrows(() => findCases(folder), Error, "no case.json");
    await Deno.remove(folder);
  });

  it("expects the numbers that case.json itself holds", async () => {
    const { expected, values } = await readFixture(join(ownFixtures, "metrics"));
    const found = expected.filter(({ output }) => output === "value/bootstrap_mean_ci95");
    assertEquals(found.map(({ data }) => data), [values.bootstrap_mean_ci95]);
  });

  it("exits with 0 where all cases pass, else with 1 and a table that says where", () =>
    withCopy(async (folder) => {
      const parity = async () => {
        const args = ["run", "-A", join(import.meta.dirname!, "main.ts"), folder];
        const { code, stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
        return { code, text: new TextDecoder().decode(stdout) };
      };
      assertEquals((await parity()).code, 0);
      const output = await alterTensor(folder);
      const { code, text } = await parity();
      assertEquals(code, 1);
      assert(new RegExp(`schedulers/ddim .* ${output} .* MISS`).test(text), text);
    }));
});

describe("comparison", () => {
  const fixture = (data: number[]): Fixture => ({
    name: "",
    folder: "",
    config: {},
    inputs: {},
    tensors: {},
    values: {},
    expected: [{ output: "y", shape: [data.length], data, atol: 0.1, rtol: 0.01 }],
  });
  const [miss, none] = [true, false];

  const cases: [string, number[], number[] | undefined, boolean][] = [
    ["equal values", [1, 2], [1, 2], none],
    ["a difference within atol + rtol·|x|", [100], [101.09], none],
    ["a difference above it", [100], [101.11], miss],
    ["a value that is not a number", [1, 2], [1, NaN], miss],
    ["an expected value that is not a number", [NaN], [NaN], miss],
    ["infinities of one sign", [Infinity], [Infinity], none],
    ["infinity for a number", [1], [Infinity], miss],
    ["a number for infinity", [Infinity], [1], miss],
    ["another shape", [1, 2], [1], miss],
    ["a missing output", [1], undefined, miss],
  ];
  for (const [what, expected, data, isMiss] of cases) {
    it(`${isMiss ? "misses" : "passes"} ${what}`, () => {
      const outputs = data ? { y: { shape: [data.length], data } } : {};
      const [comparison] = compareOutputs(fixture(expected), outputs as never);
      assertEquals(comparison.miss !== undefined, isMiss);
    });
  }

  it("compares an output with what its case brings along", () => {
    const expected = { shape: [1], data: [2], atol: 0, rtol: 0 };
    const outputs = { y: { shape: [1], data: [1] }, file: { shape: [1], data: [3], expected } };
    assertEquals(
      compareOutputs(fixture([1]), outputs).map(({ output, miss }) => [output, miss]),
      [["y", undefined], ["file", "is 3 at element 0, expected 2"]],
    );
  });
});
