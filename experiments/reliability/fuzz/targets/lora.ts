import { join } from "node:path";
import { convertToKohya, loadLora, saveLora } from "specialist/models/adapters/mod.ts";
import { createLora } from "specialist/nn/mod.ts";
import { createRandom } from "specialist/random/mod.ts";
import { tf } from "specialist/tensorflow/mod.ts";
import { requireThat } from "../require_that.ts";
import { seedFrom } from "../seed_files.ts";
import { smallModel } from "../small_networks.ts";
import { defineTarget } from "../target.ts";

const file = "lora.safetensors";
const model = smallModel();
const shape = { rank: 2, alpha: 6, targets: ["attn1.to_q", "attn2.to_out.0"] };

export const target = defineTarget({
  title: "low-rank adapters",
  async seeds() {
    const adapters = createLora(model.unet.params, shape, createRandom("lora"));
    const save = (folder: string) =>
      saveLora(join(folder, file), { ...shape, adapters }, { "modelspec.title": "chalk" });
    const kohya = await seedFrom(async (folder) => {
      await save(folder);
      await convertToKohya(join(folder, file), join(folder, file));
    });
    return [await seedFrom(save), kohya];
  },
  read: (folder) => loadLora(join(folder, file), model),
  check(adapters) {
    for (const [name, tensor] of Object.entries({ ...adapters.unet, ...adapters.textEncoder })) {
      requireThat(tensor.dataSync().every(Number.isFinite), `${name} has numbers that are none`);
    }
    tf.dispose([adapters.unet, adapters.textEncoder]);
  },
});
