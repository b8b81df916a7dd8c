import { join } from "node:path";
import { loadEmbedding, saveEmbedding } from "specialist/models/adapters/mod.ts";
import { tf } from "specialist/tensorflow/mod.ts";
import { requireThat } from "../require_that.ts";
import { seedFrom } from "../seed_files.ts";
import { defineTarget } from "../target.ts";

const file = "learned_embeds.safetensors";

export const target = defineTarget({
  title: "learned words (textual inversion)",
  async seeds() {
    const word = { placeholder: "<style-token>", row: tf.tensor([[0.5, -1, 0.25, 2]]) };
    const metadata = { "modelspec.title": "chalk" };
    return [
      await seedFrom((folder) => saveEmbedding(join(folder, file), word)),
      await seedFrom((folder) => saveEmbedding(join(folder, file), word, metadata)),
    ];
  },
  read: (folder) => loadEmbedding(join(folder, file)),
  check({ placeholder, row }) {
    requireThat(placeholder.trim() !== "", "the word is empty");
    requireThat(row.rank === 2 && row.shape[0] === 1, `its row is [${row.shape}]`);
    requireThat(row.dataSync().every(Number.isFinite), "its row has numbers that are none");
    row.dispose();
  },
});
