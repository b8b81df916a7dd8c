import { join } from "node:path";
import { convertToKohya, saveLora } from "specialist/models/adapters/mod.ts";
import { readSafetensors } from "specialist/models/safetensors.ts";
import { createLora } from "specialist/nn/mod.ts";
import { createRandom } from "specialist/random/mod.ts";
import { requireThat } from "../require_that.ts";
import { seedFrom } from "../seed_files.ts";
import { smallModel } from "../small_networks.ts";
import { defineTarget } from "../target.ts";

const file = "lora.safetensors";
const shape = { rank: 2, alpha: 6, targets: ["attn1.to_q"] };

export const target = defineTarget({
  title: "low-rank adapters to be written in kohya's names",
  async seeds() {
    const { unet } = smallModel();
    const adapters = createLora(unet.params, shape, createRandom("lora"));
    return [await seedFrom((folder) => saveLora(join(folder, file), { ...shape, adapters }))];
  },
  async read(folder) {
    const written = join(folder, "kohya.safetensors");
    await convertToKohya(join(folder, file), written);
    return await readSafetensors(written);
  },
  check({ tensors }) {
    const isKohyas = (name: string) => /^lora_unet_.+\.(lora_(down|up)\.weight|alpha)$/s.test(name);
    const other = Object.keys(tensors).find((name) => !isKohyas(name));
    requireThat(other === undefined, `it wrote ${other}`);
  },
});
