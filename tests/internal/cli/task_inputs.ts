/** What the tests of tasks give them: small configurations, and what is made of earlier tasks' files. */
import { join } from "node:path";
import { notebookOf } from "../../notebook/jupyter/jupyter.ts";
import { tinyPretraining } from "../../soak/tiny_model.ts";
import { root } from "./tasks.ts";

type SweptRun = { id: string; label: string; style: string; shots: number; seed: number };

/** Of the sweep. */
async function firstRun(folder: string): Promise<SweptRun> {
  const { runs } = JSON.parse(await Deno.readTextFile(join(folder, "results/tiny/summary.json")));
  return runs.find(({ label }: SweptRun) => label === "LoRA");
}

/** A folder of a run that is still to be done, as the sweep leaves it for Slurm. */
export async function plannedRun(folder: string): Promise<string> {
  const at = (name: string) => join(folder, name);
  await Deno.mkdir(at("planned"));
  const { id } = await firstRun(folder);
  const config = JSON.parse(await Deno.readTextFile(at(`runs/${id}/config.json`)));
  await Deno.writeTextFile(
    at("planned/config.json"),
    JSON.stringify({ ...config, output: at("planned") }),
  );
  return at("planned");
}

/** The same for a run whose method is a value in the sweep's file. */
export async function plannedValueRun(folder: string): Promise<string> {
  const at = (name: string) => join(folder, name);
  await Deno.mkdir(at("value"));
  const { id } = await firstRun(folder);
  const { method: _, ...config } = JSON.parse(
    await Deno.readTextFile(at(`runs/${id}/config.json`)),
  );
  const write = (name: string, value: unknown) =>
    Deno.writeTextFile(at(`value/${name}`), JSON.stringify(value));
  await write("config.json", { ...config, output: at("value") });
  await write("source.json", { file: at("values.ts"), quick: false, title: "own" });
  return at("value");
}

/** Writes a list of the sweep's runs, and answers with its path. */
export async function listRuns(folder: string): Promise<string> {
  const { id, label, style, shots, seed } = await firstRun(folder);
  const runs = [{ id, label, style, shots, seed }];
  const list = { name: "again", title: "Again", reference: label, base: "base model", runs };
  const file = join(folder, "list.json");
  await Deno.writeTextFile(file, JSON.stringify(list));
  return file;
}

/** What the tasks are given. */
export async function writeInputs(folder: string): Promise<void> {
  const at = (name: string) => join(folder, name);
  const write = (name: string, text: string) => Deno.writeTextFile(at(name), text);
  const training = { steps: 1, batchSize: 2 };
  await write("tiny.json5", JSON.stringify(tinyPretraining(training)));
  const image = { block_out_channels: [8], pooling: "layout", projection_dim: 8 };
  await write(
    "tiny_judges.json5",
    JSON.stringify({
      content: { image, text: { hidden_size: 8, num_attention_heads: 2 }, training },
      style: { image, training },
    }),
  );
  const sweep = {
    title: "Tiny",
    base: {
      model: at("base"),
      style: "openmoji",
      training: { steps: 2, batchSize: 2 },
      sampling: { steps: 2, guidanceScale: 2 },
      evaluation: { concepts: 8, every: 2, curveConcepts: 2 },
    },
    axes: [{ name: "method", choices: [{ label: "LoRA", patch: { method: { method: "lora" } } }] }],
    baseline: "base model",
  };
  await write("tiny.ts", `export default ${JSON.stringify(sweep)};\n`);
  const { axes: _, ...rest } = sweep;
  await write(
    "values.ts",
    `import { full } from "specialist";
const choices = [{ label: "own", patch: { method: full() } }];
export default { ...${JSON.stringify(rest)}, axes: [{ name: "method", choices }] };
`,
  );
  await write("one_test.ts", 'Deno.test("one", () => {});\n');
  await write("story.ipynb", notebookOf(["console.log(1 + 1);"]));
  await Deno.mkdir(at("pictures"));
  await Deno.copyFile(join(root, "results/demo/openmoji.png"), at("pictures/1.png"));
  await Deno.mkdir(at("chalk"));
  await write("chalk/style.json", '{ "styleWords": "chalk" }');
  for (const style of ["openmoji", "fluent-emoji-flat"]) {
    await Deno.copyFile(join(root, `results/demo/${style}.png`), at(`chalk/many-${style}.png`));
  }
}
