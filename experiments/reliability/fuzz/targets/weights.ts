import { join } from "node:path";
import { initParams, loadParams, saveParams } from "specialist/models/checkpoint.ts";
import { convSpecs, linearSpecs, normSpecs } from "specialist/models/parameters.ts";
import { weightsFiles } from "specialist/models/weights_files.ts";
import { createRandom } from "specialist/random/mod.ts";
import { tf } from "specialist/tensorflow/mod.ts";
import { requireThat } from "../require_that.ts";
import { jsonFile, seedFrom } from "../seed_files.ts";
import { defineTarget } from "../target.ts";

const first = convSpecs("conv_in", 2, 3, 3);
const second = { ...linearSpecs("proj", 3, 2), ...normSpecs("norm", 3) };
const specs = { ...first, ...second };
const name = "diffusion_pytorch_model";
const shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];

const draw = (which: typeof specs) => initParams(which, createRandom("weights"));

export const target = defineTarget({
  title: "weights, whole or in shards",
  async seeds() {
    const whole = (variant: string, dtype: "F16" | "F32") =>
      seedFrom((folder) =>
        saveParams(join(folder, `${name}${variant}.safetensors`), draw(specs), { dtype })
      );
    const inShards = await seedFrom(async (folder) => {
      await saveParams(join(folder, shards[0]), draw(first), { dtype: "F32" });
      await saveParams(join(folder, shards[1]), draw(second), { dtype: "F32" });
    });
    const weight_map = Object.fromEntries(
      Object.keys(specs).map((name) => [name, shards[name in first ? 0 : 1]]),
    );
    return [
      await whole("", "F32"),
      await whole(".fp16", "F16"),
      { ...inShards, [`${name}.safetensors.index.json`]: jsonFile({ metadata: {}, weight_map }) },
    ];
  },
  read: async (folder) => await loadParams(await weightsFiles(folder, name), specs),
  check(params) {
    for (const [name, tensor] of Object.entries(params)) {
      requireThat(tensor.dataSync().every(Number.isFinite), `${name} has numbers that are none`);
    }
    tf.dispose(params);
  },
});
