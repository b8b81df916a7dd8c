import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { afterAll, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import {
  assign,
  describeSchema,
  fieldsOf,
  parseAssignment,
  resolveConfig,
  UserError,
  validate,
} from "specialist/internal/runtime/mod.ts";
import { sampleSchema } from "./config/sample_schema.ts";

const folder = await Deno.makeTempDir();
afterAll(() => Deno.remove(folder, { recursive: true }));

async function configFile(text: string): Promise<string> {
  const path = join(folder, "config.json");
  await Deno.writeTextFile(path, text);
  return path;
}

const assignments = (...settings: string[]) => settings.map(parseAssignment);

describe("configuration", () => {
  it("is the schema's defaults where nothing is said", async () => {
    assertEquals(await resolveConfig(sampleSchema, {}), sampleSchema.parse({}));
  });

  it("takes settings before the file, and the file before defaults", async () => {
    const file = await configFile('{ "seed": 1, "training": { "batchSize": 2, "rate": 0.5 } }');
    const config = await resolveConfig(sampleSchema, {
      file,
      assignments: assignments("training.batchSize=16", "training.batchSize=32"),
    });
    assertEquals([config.seed, config.style], [1, "flat"]);
    assertEquals(config.training, { batchSize: 32, rate: 0.5, milestones: [20, 100] });
  });

  it("keeps a group's other defaults where one of its fields is set", async () => {
    const { training } = await resolveConfig(sampleSchema, {
      assignments: assignments("training.rate=0.5"),
    });
    assertEquals(training, { batchSize: 8, rate: 0.5, milestones: [20, 100] });
  });

  it("does not mix a choice's defaults with another choice", async () => {
    const { method } = await resolveConfig(sampleSchema, {
      assignments: assignments("method.name=lora"),
    });
    assertEquals(method, { name: "lora", rank: 4 });
  });

  it("may have comments and trailing commas", async () => {
    const file = await configFile('{\n  // the seed\n  "seed": 3,\n}\n');
    assertEquals((await resolveConfig(sampleSchema, { file })).seed, 3);
  });

  const texts: [string, (config: ReturnType<typeof sampleSchema.parse>) => unknown, unknown][] = [
    ["seed=7", ({ seed }) => seed, 7],
    ["style=7", ({ style }) => style, "7"],
    ["style=a = b", ({ style }) => style, "a = b"],
    ["guided=false", ({ guided }) => guided, false],
    ["training.rate=1e-5", ({ training }) => training.rate, 1e-5],
    ["training.milestones=5,50", ({ training }) => training.milestones, [5, 50]],
    ["training.milestones=[5]", ({ training }) => training.milestones, [5]],
    ["steps=auto", ({ steps }) => steps, "auto"],
    ["steps=12", ({ steps }) => steps, 12],
    ["method.name=lora", ({ method }) => method, { name: "lora", rank: 4 }],
    ["method=lora", ({ method }) => method, { name: "lora", rank: 4 }],
  ];
  for (const [setting, valueOf, expected] of texts) {
    it(`reads the setting ${setting}`, async () => {
      const config = await resolveConfig(sampleSchema, { assignments: assignments(setting) });
      assertEquals(valueOf(config), expected);
    });
  }

  it("is untouched by a setting of another", () => {
    const values = { training: { rate: 1 } };
    assertEquals(assign(values, "training.batchSize", 2), { training: { rate: 1, batchSize: 2 } });
    assertEquals(values, { training: { rate: 1 } });
  });

  it("may name a choice in place of its group, in a file too", async () => {
    const file = await configFile('{ "method": "lora" }');
    const rank = assignments("method.rank=2");
    const { method } = await resolveConfig(sampleSchema, { file, assignments: rank });
    assertEquals(method, { name: "lora", rank: 2 });
  });

  it("cannot be used to reach prototypes", async () => {
    const setting = assignments("__proto__.polluted=1");
    await assertRejects(() => resolveConfig(sampleSchema, { assignments: setting }), UserError);
    assertEquals(({} as Record<string, unknown>).polluted, undefined);
  });
});

describe("configuration error", () => {
  const wrong: [string, unknown, string[]][] = [
    ["an unknown field", { sed: 1 }, ['sed: unknown field, did you mean "seed"?']],
    ["an unknown nested field", { training: { batchsize: 1 } }, [
      'training.batchsize: unknown field, did you mean "batchSize"?',
    ]],
    ["a field like no other", { training: { zzz: 1 } }, [
      "training.zzz: unknown field, known are batchSize, rate, milestones",
    ]],
    ["a number out of range", { training: { batchSize: 99 } }, [
      "training.batchSize: must be an integer from 1 to 64, got 99",
    ]],
    ["a number that must be above", { training: { rate: 0 } }, ["a number above 0, got 0"]],
    ["text for a number", { seed: "one" }, ['an integer of at least 0, got "one"']],
    ["a choice that is none", { method: { name: "lorra" } }, [
      'method.name: must be one of full, lora, got "lorra", did you mean "lora"?',
    ]],
    ["a field of another choice", { method: { name: "full", rank: 2 } }, [
      "method.rank: belongs to lora, not to full",
    ]],
    ["a choice that is missing", { method: {} }, [
      "method.name: missing, must be one of full, lora",
    ]],
    ["an element of a list", { training: { milestones: [1, 0.5] } }, [
      "training.milestones.1: must be an integer above 0, got 0.5",
    ]],
    ["a value for a group", { training: 4 }, ["training: must be a group of fields, got 4"]],
    ["a rule of the author's", { prompt: "cat" }, [
      'prompt: must say which style, as "a cat in {style} style", got "cat"',
    ]],
    ["several fields", { seed: -1, steps: 0 }, ["seed: must be", "steps: must be"]],
  ];
  for (const [what, value, parts] of wrong) {
    it(`names ${what}`, () => {
      const error = assertThrows(() => validate(sampleSchema, value), UserError);
      for (const part of parts) assertStringIncludes(error.message, part);
    });
  }

  it("fits on a screen", () => {
    const value = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`x${i}`, i]));
    const { message } = assertThrows(() => validate(sampleSchema, value), UserError);
    assert(message.split("\n").length < 20);
    assertStringIncludes(message, "and 88 more");
  });

  it("names a file whose text would reach prototypes, or is too deep or too large", async () => {
    const deep = `{ seed: ${"[".repeat(1e5)}${"]".repeat(1e5)} }`;
    for (const text of ["{ '__proto__': { seed: 1 } }", deep]) {
      const file = await configFile(text);
      await assertRejects(() => resolveConfig(sampleSchema, { file }), UserError, file);
    }
    const file = await configFile(`// ${"x".repeat(2 ** 20)}\n{}`);
    await assertRejects(() => resolveConfig(sampleSchema, { file }), UserError, "1 MB");
  });

  it("names a file that is missing or no object", async () => {
    const file = join(folder, "none.json");
    await assertRejects(() => resolveConfig(sampleSchema, { file }), UserError, file);
    for (const text of ["[1]", "{ seed: ", "7", ""]) {
      const file = await configFile(text);
      await assertRejects(() => resolveConfig(sampleSchema, { file }), UserError, file);
    }
  });

  it("shows how a setting is written", () => {
    assertThrows(() => parseAssignment("seed"), UserError, "FIELD=VALUE");
  });
});

describe("schema", () => {
  it("lists its fields, those of all choices too", () => {
    assertEquals(fieldsOf(sampleSchema).map(({ path, default: value }) => [path, value]), [
      ["seed", 0],
      ["style", "flat"],
      ["prompt", undefined],
      ["guided", true],
      ["steps", "auto"],
      ["training.batchSize", 8],
      ["training.rate", 0.001],
      ["training.milestones", [20, 100]],
      ["method.name", "full"],
      ["method.rank", 4],
    ]);
  });

  it("is documented as a Markdown table", () => {
    const table = describeSchema(sampleSchema);
    for (
      const row of [
        /`training.batchSize` *\| Images per step *\| an integer from 1 to 64 *\| `8`/,
        /`method.name` .*\| one of full, lora *\| `"full"`/,
        /`steps` .*\| auto, or an integer of at least 1 *\| `"auto"`/,
      ]
    ) assert(row.test(table), table);
  });
});
