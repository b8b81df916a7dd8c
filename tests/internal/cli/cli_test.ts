import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import JSON5 from "json5";
import { join } from "node:path";

const here = import.meta.dirname!;
const decoder = new TextDecoder();

function start(script: string, args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(here, script), ...args],
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
}

async function resultOf(child: Deno.ChildProcess) {
  const { code, stdout, stderr } = await child.output();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

const specialist = (...args: string[]) => resultOf(start("../../../experiments/main.ts", args));
const sample = (...args: string[]) => resultOf(start("sample_program.ts", args));

describe("specialist", () => {
  it("lists its commands", async () => {
    const { code, out } = await specialist("--help");
    assertEquals(code, 0);
    for (const command of ["doctor", "runs"]) assertStringIncludes(out, command);
  });

  it("shows how it is used when called without a command", async () => {
    const { code, err } = await specialist();
    assertEquals(code, 2);
    assertStringIncludes(err, "Usage: specialist");
  });

  it("suggests a command for one that is misspelt", async () => {
    const { code, err } = await specialist("run");
    assertEquals(code, 2);
    assertStringIncludes(err, "Did you mean runs?");
  });
});

describe("command made from a schema", () => {
  it("lists each field with its meaning, allowed values and default", async () => {
    const { code, out } = await sample("draw", "--help");
    assertEquals(code, 0);
    const text = out.replaceAll(/\s+/g, " ");
    for (
      const part of [
        "--training.batchSize <value> Images per step (an integer from 1 to 64; default 8)",
        '--method.name <value> What learns (one of full, lora; default "full")',
        "--guided [value]",
        "--set <field=value>",
        "--eager compile nothing",
      ]
    ) assertStringIncludes(text, part);
  });

  it("gets defaults, then the file, then settings in their order", async () => {
    const folder = await Deno.makeTempDir();
    const file = join(folder, "config.json");
    await Deno.writeTextFile(file, '{ "seed": 1, "steps": 3, "style": "flat" }');
    const args = ["--steps", "4", "--set", "steps=5", "--guided", "false", "--method.name=lora"];
    const { code, out } = await sample("draw", "--print-config", "--config", file, ...args);
    await Deno.remove(folder, { recursive: true });
    assertEquals(code, 0);
    const { seed, steps, guided, method } = JSON5.parse(out);
    for (
      const line of [
        `"seed": 1, // ${file}`,
        '"steps": 5, // command line',
        '"style": "flat", // ' + file,
        '"batchSize": 8, // default',
        '"name": "lora", // command line',
      ]
    ) assertStringIncludes(out, line);
    assertEquals({ seed, steps, guided, method }, {
      seed: 1,
      steps: 5,
      guided: false,
      method: { name: "lora", rank: 4 },
    });
  });

  it("takes a choice by its name alone, and lists its options under that name", async () => {
    const { out } = await sample("draw", "--method", "lora", "--print-config");
    assertEquals(JSON5.parse(out).method, { name: "lora", rank: 4 });
    const { out: help } = await sample("draw", "--help");
    const [, own] = help.split("Options of lora:\n");
    assertStringIncludes(own, "--method.rank <value>");
    assert(!own.includes("--seed"));
  });

  it("takes one field by its place, wherever switches stand", async () => {
    const args = ["sweep", "--quick", "some_sweep.ts", "--dry-run", "--print-config"];
    const { code, out } = await specialist(...args);
    assertEquals(code, 0);
    const { experiment, quick, "dry-run": dry, retry } = JSON5.parse(out);
    assertEquals([experiment, quick, dry, retry], ["some_sweep.ts", true, true, false]);
    const missing = await specialist("sweep");
    assertEquals(missing.code, 2);
    assertStringIncludes(missing.err, "experiment: missing");
  });

  it("takes short forms of fields in groups, and hyphens for capitals", async () => {
    const args = ["train", "--method.method", "lora", "--prompts", "a castle, two dogs"];
    const { out } = await specialist(...args, "--style-words", "chalk", "--print-config");
    const { evaluation, styleWords } = JSON5.parse(out);
    assertEquals([evaluation.prompts, styleWords], [["a castle", "two dogs"], "chalk"]);
  });

  it("runs with the configuration", async () => {
    const { code, out } = await sample("draw", "--style", "clay");
    assertEquals([code, out], [0, "drew in clay style\n"]);
  });

  it("refuses wrong values, on one screen", async () => {
    const { code, err } = await sample("draw", "--seed", "-1", "--set", "sed=2");
    assertEquals(code, 2);
    assertStringIncludes(err, "seed: must be an integer of at least 0, got -1");
    assertStringIncludes(err, 'sed: unknown field, did you mean "seed"?');
    assert(err.split("\n").length < 24);
  });

  it("suggests an option for one that is misspelt", async () => {
    const { code, err } = await sample("draw", "--stile", "clay");
    assertEquals(code, 2);
    assertStringIncludes(err, "Did you mean --style?");
  });

  it("answers 1 and shows no stack when the work fails", async () => {
    const { code, err } = await sample("draw", "--style", "broken");
    assertEquals([code, err], [1, "error: the brush broke\n"]);
  });

  it("has the network while it prepares, and gives it up before it works", async () => {
    const { out } = await sample("draw", "--style", "connected");
    assertStringIncludes(out, "granted, then prompt");
  });

  it("stops on Ctrl-C with 130, after tidying up", {
    ignore: Deno.build.os === "windows",
  }, async () => {
    const child = start("sample_program.ts", ["draw", "--style", "endless"]);
    let text = "";
    for await (const chunk of child.stdout) {
      if (text === "") child.kill("SIGINT");
      text += decoder.decode(chunk);
    }
    const err = await new Response(child.stderr).text();
    assertEquals((await child.status).code, 130);
    assertStringIncludes(text, "tidied up");
    assertStringIncludes(err, "stopped by SIGINT");
  });
});

describe("a mistake on the command line of train", () => {
  const folderOf = async (files: Record<string, string>) => {
    const folder = await Deno.makeTempDir();
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(folder, name), text);
    }
    return folder;
  };
  const mistakes: [string, string[], string][] = [
    ["no method", [], "method.method: missing, must be one of specialist, dreambooth"],
    ["a misspelt method", ["--method", "lroa"], 'got "lroa", did you mean "lora"?'],
    [
      "an option of another method",
      ["--method", "lora", "--method.contentLoss.weight", "2"],
      "method.contentLoss: belongs to specialist, not to lora",
    ],
    [
      "a folder that is none",
      ["--method", "lora", "--data", "nowhere"],
      "No such file or directory",
    ],
  ];
  for (const [what, args, said] of mistakes) {
    it(`is said for ${what}, once and without filler`, async () => {
      const { code, err } = await specialist("train", ...args);
      assertEquals(code, 2);
      assertStringIncludes(err, said);
      assert(!/correct this field|readdir|os error|Invalid input/.test(err), err);
    });
  }

  it("is said for a broken configuration and a broken sweep, by the place", async () => {
    const folder = await folderOf({ "a.json": '{ "seed": }', "a.ts": "export default {" });
    const config = await specialist("train", "--config", join(folder, "a.json"));
    assertStringIncludes(config.err, "not JSON: unexpected '}' at line 1, column 11");
    const sweep = await specialist("sweep", join(folder, "a.ts"));
    assertEquals([config.code, sweep.code], [2, 2]);
    assertStringIncludes(sweep.err, "a.ts:1:17");
    assert(!/SyntaxError|JSON5/.test(config.err + sweep.err), sweep.err);
    await Deno.remove(folder, { recursive: true });
  });
});

describe("what a task starts", { ignore: Deno.build.os === "windows" }, () => {
  const task = (...args: string[]) =>
    new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-q",
        "-P=start",
        "lib/internal/cli/start.ts",
        "tests/internal/cli/sample_program.ts",
        ...args,
      ],
      cwd: join(here, "..", "..", ".."),
      stdout: "piped",
      stderr: "piped",
      env: { NO_COLOR: "1" },
    }).spawn();

  it("ends as the program does", async () => {
    const { code, out } = await resultOf(task("draw", "--style", "clay"));
    assertEquals([code, out], [0, "drew in clay style\n"]);
    assertEquals((await resultOf(task("draw", "--seed", "-1"))).code, 2);
    assertEquals((await resultOf(task("draw", "--style", "broken"))).code, 1);
  });

  it("is not killed without a word, as where memory runs out", async () => {
    const child = task("draw", "--style", "endless");
    let text = "";
    for await (const chunk of child.stdout) {
      text += decoder.decode(chunk);
      const pid = /process (\d+)\n/.exec(text)?.[1];
      if (pid) Deno.kill(Number(pid), "SIGKILL");
    }
    const err = await new Response(child.stderr).text();
    assertEquals((await child.status).code, 137);
    assertStringIncludes(err, "SIGKILL");
    assertStringIncludes(err, "memory");
  });

  it("is asked to stop where the task is", async () => {
    const child = task("draw", "--style", "endless");
    let text = "";
    for await (const chunk of child.stdout) {
      if (text === "") child.kill("SIGTERM");
      text += decoder.decode(chunk);
    }
    await child.stderr.cancel();
    assertEquals((await child.status).code, 143);
    assertStringIncludes(text, "tidied up");
  });
});
