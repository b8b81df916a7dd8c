/** Where commands write: each place is checked before any work, and nothing next to it is written. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import * as commands from "experiments/commands/options.ts";
import { judgesSchema } from "experiments/judges/config.ts";
import { samplesFolder } from "experiments/train/samples_folder.ts";
import { pretrainSchema } from "experiments/pretrain/config.ts";
import type { z } from "zod";
import { type Place, placesIn } from "specialist/internal/cli/needs.ts";
import { checkPlaces } from "specialist/internal/cli/places.ts";
import { withPlaces } from "specialist/internal/cli/results.ts";
import { confine, fieldsOf, UserError } from "specialist/internal/runtime/mod.ts";
import { requireReplaceable } from "specialist/internal/runtime/write_files.ts";
import * as longCommands from "../../options.ts";
import { root } from "./tasks.ts";

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await Deno.makeTempDir();
  await Deno.writeTextFile(at("file"), "mine");
  await Deno.mkdir(at("full"));
  await Deno.writeTextFile(at("full", "letter.txt"), "mine");
});
afterAll(() => Deno.remove(folder, { recursive: true }));

/** What is said of a place; undefined where it can be written to. */
async function refusal(place: Place): Promise<string | undefined> {
  try {
    await checkPlaces([place]);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

describe("a place to write to", () => {
  it("may be new, at any depth, and is left as it was", async () => {
    for (const kind of ["folder", "whole folder"] as const) {
      assertEquals(await refusal({ path: at("new", "deep", "place"), kind }), undefined);
    }
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["file", "full"]);
    assertEquals(
      await refusal({ path: at("made", "weights.safetensors"), kind: "file" }),
      undefined,
    );
    assert(Deno.statSync(at("made")).isDirectory);
  });

  it("is refused before any work where it cannot be written to, naming option and remedy", async () => {
    const field = "output";
    const said = [
      await refusal({ path: at("file"), field, kind: "folder" }),
      await refusal({ path: at("file", "below"), field, kind: "whole folder" }),
      await refusal({ path: at("full"), field, kind: "file" }),
      await refusal({ path: join(root, "lib", "mine"), field, kind: "folder" }),
      await refusal({ path: "/proc/mine", field, kind: "whole folder" }),
    ];
    for (const text of said) assertStringIncludes(text ?? "accepted", "--output");
    assertEquals(Deno.readTextFileSync(at("file")), "mine");
  });

  it("is not replaced where it holds something else", async () => {
    await requireReplaceable(at("none"), ["training.json"]);
    let message = "";
    await requireReplaceable(at("full"), ["training.json"]).catch((error) =>
      message = error.message
    );
    assertStringIncludes(message, "letter.txt");
  });
});

describe("a task", { ignore: Deno.build.os === "windows" }, () => {
  /** A program in a process that is confined as the command is. */
  async function tried(words: string[], code: string): Promise<string> {
    const places = await placesIn("experiments/main.ts", words);
    const isFilled = ({ kind }: Place) => kind === "folder";
    const { args, env } = confine({
      writes: places.filter(isFilled).map(({ path }) => path),
      replaces: places.filter((place) => !isFilled(place)).map(({ path }) => path),
    });
    const program = at("program.ts");
    const runtime = join(root, "lib", "internal", "runtime", "mod.ts");
    await Deno.writeTextFile(
      program,
      `import { replaceFolder, writeAtomically } from ${JSON.stringify(runtime)};\n${code}`,
    );
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...args, "--no-check", `--config=${join(root, "deno.json")}`, program],
      env: { ...env, NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    return decoder.decode(stdout) + decoder.decode(stderr);
  }
  const attempt = (code: string) =>
    `await (async () => { ${code} })().then(() => console.log("done"), (error) => console.log(error.name));\n`;

  it("replaces its output as a whole, and writes nothing else next to it", async () => {
    const output = at("models", "deep", "mine");
    const text = await tried(
      ["pretrain", "--output", output],
      [
        `await replaceFolder(${JSON.stringify(output)}, (fresh) =>
           Deno.writeTextFile(fresh + "/new", ""));`,
        `await replaceFolder(${JSON.stringify(output)}, (fresh) =>
           Deno.writeTextFile(fresh + "/newer", ""));`,
        `await Deno.writeTextFile(${JSON.stringify(at("models", "other"))}, "");`,
        `await Deno.writeTextFile(${JSON.stringify(join(root, "results", "other"))}, "");`,
      ].map(attempt).join(""),
    );
    assertEquals(text.trim().split("\n"), ["done", "done", "NotCapable", "NotCapable"]);
    assertEquals([...Deno.readDirSync(output)].map(({ name }) => name), ["newer"]);
    assertEquals([...Deno.readDirSync(at("models", "deep"))].map(({ name }) => name), ["mine"]);
  });

  it("writes the file that it is to write", async () => {
    const output = at("weights.safetensors");
    const text = await tried(
      ["export", at("full"), "--output", output],
      attempt(`await writeAtomically(${JSON.stringify(output)}, "weights");`),
    );
    assertEquals(text.trim(), "done");
    assertEquals(Deno.readTextFileSync(output), "weights");
  });
});

describe("what a command writes by default", () => {
  it("goes below runs/, whichever command it is", () => {
    const schemas = Object.entries({ ...commands, ...longCommands, pretrainSchema, judgesSchema })
      .filter(([name]) => name.endsWith("Schema"));
    const defaults = schemas.flatMap(([name, schema]) =>
      fieldsOf(schema as z.ZodType)
        .filter(({ path, default: value }) => /^(output|report)$/.test(path) && value !== undefined)
        .map(({ path, default: value }) => `${name}.${path}: ${value}`)
    );
    assert(defaults.length >= 11, `${defaults.length}`);
    assertEquals(defaults.filter((line) => !/: runs\//.test(line)), []);
  });
});

describe("images that are drawn again", () => {
  const config = commands.sampleSchema.parse({ prompts: ["a castle"] });
  const drawn = async (folder: string, fields: object) => {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(
      join(folder, "samples.json"),
      JSON.stringify({ config: { ...config, ...fields } }),
    );
  };

  it("take the place of the same ones, and leave others", async () => {
    const output = at("samples");
    assertEquals(await samplesFolder({ ...config, output }), output);
    await drawn(output, { output });
    assertEquals(await samplesFolder({ ...config, output }), output);
    const other = { ...config, output, seed: 1 };
    assertEquals(await samplesFolder(other), join(output, "2"));
    await drawn(join(output, "2"), { seed: 1 });
    assertEquals(await samplesFolder(other), join(output, "2"));
    assertEquals(await samplesFolder({ ...other, seed: 2 }), join(output, "3"));
    assertEquals(await samplesFolder({ ...config, output: at("full") }), at("full", "2"));
  });
});

describe("--update-results", () => {
  it("names the repository's own path, and does not go with another", () => {
    const config = { output: "runs/results/bench", seconds: 1 };
    const placed = (update: boolean, output = config.output) =>
      withPlaces({ ...config, output, "update-results": update }, "output");
    assertEquals(placed(false), config);
    assertEquals(placed(true), { output: "results/bench", seconds: 1 });
    let message = "";
    try {
      placed(true, "/elsewhere");
    } catch (error) {
      message = (error as Error).message;
    }
    assertStringIncludes(message, "--update-results and --output");
  });
});
