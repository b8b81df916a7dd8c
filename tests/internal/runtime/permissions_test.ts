import { assert, assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { needsOf, placesIn } from "specialist/internal/cli/needs.ts";
import { useBackend } from "specialist/internal/tensor/mod.ts";
import manifest from "../../../deno.json" with { type: "json" };
import { withVariable } from "../../helpers.ts";
import { writeTinyModel } from "../../soak/tiny_model.ts";
import { observe, strace } from "./permissions/observe.ts";

const attempts = "tests/internal/runtime/permissions/attempts.ts";

let folder: string;
beforeAll(async () => {
  await useBackend();
  folder = await Deno.makeTempDir();
  await writeTinyModel(join(folder, "base"));
});
afterAll(() => Deno.remove(folder, { recursive: true }));

describe("a confined process", { ignore: Deno.build.os !== "linux" }, () => {
  const possible = async (needs = {}) => {
    const named = await Deno.makeTempDir({ dir: folder });
    const { out, err } = await withVariable(
      "SECRET_TOKEN",
      "1234",
      () => observe([attempts, named, folder], { writes: [named], ...needs }),
    );
    assertEquals(err, "");
    return JSON.parse(out);
  };

  it("reads, writes where it was told to, and does nothing else", async () => {
    assertEquals(await possible(), [
      "read a file",
      "write to a named folder",
      "read the processor's features",
    ]);
  });

  it("runs Deno and uses the network only where it needs that", async () => {
    const all = await possible({ programs: [Deno.execPath()], network: true });
    assertEquals(all.slice(3), ["see a secret", "run Deno", "connect", "listen"]);
  });
});

describe(
  `no socket is opened${strace ? "" : " by JavaScript (strace is missing, which sees all)"}`,
  { ignore: Deno.build.os !== "linux" },
  () => {
    const quick = ["--sampling.steps", "2", "--sampling.guidanceScale", "2"];
    const commands: Record<string, () => string[]> = {
      train: () => [
        ...["--model", join(folder, "base"), "--output", join(folder, "run"), ...quick],
        ...["--method.method", "specialist", "--training.steps", "2", "--training.batchSize", "2"],
        ...["--evaluation.concepts", "8", "--evaluation.curveConcepts", "2"],
      ],
      sample: () => [
        ...["--model", join(folder, "run", "model"), "--output", join(folder, "samples"), ...quick],
        ...["--prompts", "a castle", "--count", "1"],
      ],
      evaluate: () => [
        ...["--model", join(folder, "run", "model"), "--base", join(folder, "base"), ...quick],
        ...["--split", "validation"],
      ],
    };
    for (const [name, options] of Object.entries(commands)) {
      it(`by ${name}, which could have used one until it knew that it needs none`, async () => {
        const { network } = needsOf("experiments/main.ts", [name]);
        const { code, err, networks } = await observe(["experiments/main.ts", name, ...options()], {
          writes: [folder],
          network,
        });
        assertEquals([code, networks], [0, []], err);
      });
    }

    it("unnoticed: one is seen, whether it was allowed or not", async () => {
      for (const network of [true, false]) {
        const { networks } = await observe([attempts, folder, folder], { network });
        assert(networks.some((line) => line.includes("asked for")), networks.join("\n"));
        if (strace) assertEquals(networks.some((line) => line.includes("AF_INET")), network);
      }
    });
  },
);

const pathsIn = async (program: string, args: string[]) =>
  (await placesIn(program, args)).map(({ path }) => path);

describe("what a task may do", () => {
  it("is not everything, but for the tests", () => {
    const mighty = Object.entries(manifest.tasks).filter(([, command]) =>
      /(?:-A|--allow-all|--allow-\w+)(?: |$)/.test(command)
    );
    assertEquals(mighty.map(([name]) => name), ["test"]);
  });

  it("includes writing to where its command line, or the file that it names, says", async () => {
    const file = join(folder, "config.json5");
    await Deno.writeTextFile(file, '{ output: "/c/run", model: "/models/m", seed: 1 }');
    const places = (...args: string[]) => pathsIn("experiments/main.ts", args);
    assertEquals(
      await places("train", "--model", "/m", "--output=/a", "--set", "runs=/b", "--config", file),
      ["/a", "/b", "/c/run"],
    );
    assertEquals(await places("sweep", "/sweeps/mine.ts", "--runs", "/r"), ["/r"]);
    assertEquals(await places("export", "/r/run", "--format", "lora-kohya"), ["/r/run"]);
    assertEquals(await pathsIn("lib/notebook/jupyter/execute.ts", ["--fast", "/n/mine.ipynb"]), [
      "/n",
    ]);
  });

  it("knows what appears complete or not at all, and so is written next to its place first", async () => {
    const kinds = async (...args: string[]) =>
      (await placesIn("experiments/main.ts", args)).map(({ path, kind }) => `${path}: ${kind}`);
    assertEquals(await kinds("pretrain", "--output", "/models/mine"), [
      "/models/mine: whole folder",
    ]);
    assertEquals(await kinds("judges", "--output", "/j", "--report", "/r"), [
      "/j: whole folder",
      "/r: folder",
    ]);
    const [{ kind }] = await placesIn("experiments/train/hero.ts", ["--output", "/hero.webp"]);
    assertEquals(kind, "file");
    assertEquals(await kinds("export", "/r/run", "--output", "/f.safetensors"), [
      "/f.safetensors: file",
      "/r/run: folder",
    ]);
  });

  it("includes the network for models only, and programs for what starts some", () => {
    const may = (...args: string[]) => {
      const { network = false, programs = [] } = needsOf("experiments/main.ts", args);
      return [network, programs.length > 0];
    };
    for (const name of ["pretrain", "export", "tables", "data", "runs", "doctor"]) {
      assertEquals(may(name), [false, false], name);
    }
    assertEquals(may("train"), [true, false]);
    assertEquals(may("sweep"), [true, true]);
    assertEquals(may("sweep-task"), [false, true]);
  });
});
