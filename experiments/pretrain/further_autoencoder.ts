/** An autoencoder that is trained further, and its folder: for a base model that is yet to be trained. */
import { join } from "node:path";
import { z } from "zod";
import {
  libraryVersions,
  readJson,
  replaceFolder,
  writeAtomically,
} from "specialist/internal/runtime/mod.ts";
import { loadVae, type Model, type VaeConfig, vaeSpecs, writeVae } from "specialist/models";
import { autoencoderTask } from "./autoencoder.ts";
import type { BaseData } from "./base_data.ts";
import type { PretrainConfig } from "./config.ts";
import { deviationOf, encodeDrawings } from "./denoiser.ts";
import { type BaseModel, type PartRecord, partSchema, together } from "./model_folder.ts";
import { stage, type StageContext } from "./stage.ts";

/** An autoencoder, and how far it has been trained. */
export type Autoencoder = { vae: Model<VaeConfig>; part: PartRecord };

const recordSchema = z.looseObject({ parts: z.strictObject({ autoencoder: partSchema }) });

/**
 * Trains encoder and decoder of `start` with the settings in `vae`, and measures the scale that gives
 * the latents of all drawings a standard deviation of one.
 */
export async function furtherAutoencoder(
  start: Model<VaeConfig>,
  before: PartRecord,
  config: PretrainConfig,
  data: BaseData,
  shared: StageContext,
): Promise<Autoencoder> {
  const { training, klWeight, edgeWeight, latentNoise } = config.vae;
  const { params, ...cost } = await stage({
    ...shared,
    name: "autoencoder",
    config: { model: start.config, training, klWeight, edgeWeight, latentNoise, further: true },
    training,
    specs: vaeSpecs(start.config),
    task: () => autoencoderTask(config, data, start),
  });
  const deviation = deviationOf(
    encodeDrawings(params, start.config, data.drawings, data.emoji.size),
  );
  return {
    vae: { config: { ...start.config, scaling_factor: 1 / deviation }, params },
    part: together(before, { steps: training.steps, of: training.steps, ...cost }),
  };
}

/** Reads what `writeAutoencoder` wrote. @throws UserError naming the file that is missing or damaged */
export async function readAutoencoder(folder: string): Promise<Autoencoder> {
  const { parts } = await readJson(join(folder, "training.json"), recordSchema);
  return { vae: await loadVae(folder), part: parts.autoencoder };
}

/** Writes weights in half precision, the record of their training and a card; all or nothing. */
export async function writeAutoencoder(
  folder: string,
  { vae, part }: Autoencoder,
  provenance: Pick<BaseModel, "config" | "backend" | "commit">,
): Promise<void> {
  const record = {
    command: "deno task pretrain",
    ...provenance,
    parts: { autoencoder: part },
    versions: libraryVersions(),
    date: new Date().toISOString(),
  };
  await replaceFolder(folder, async (fresh) => {
    await writeVae(fresh, vae, { dtype: "F16" });
    await writeAtomically(join(fresh, "training.json"), JSON.stringify(record, null, 2));
    await writeAtomically(join(fresh, "README.md"), card(vae.config, part, provenance.config));
  });
}

function card(
  { scaling_factor }: VaeConfig,
  { steps, loss }: PartRecord,
  { vae: { latentNoise, klWeight } }: PretrainConfig,
): string {
  const percent = Math.round(100 * latentNoise);
  return `# emoji-autoencoder

An autoencoder for a base model, in Stable Diffusion's format (\`AutoencoderKL\`): 64 × 64 images of
emoji to latents of 16 × 16 × 4 and back.

It resumed from the autoencoder of \`emoji-base\`. Its decoder saw latents with Gaussian noise added, for each
image between 0 and ${percent} % of the latents' standard deviation. KL weight ${klWeight}.

${steps} steps in all, those before it resumed included; loss ${loss.toFixed(4)}. Latents ×
${scaling_factor} have a standard deviation of one over the drawings it was trained on.

\`training.json\` holds the whole configuration, versions and commit. \`deno task specialist latent-noise\`
compares it with the autoencoder of \`emoji-base\`:

![Mean error of decoded test drawings by noise added to the latents](../../../results/model/latent_noise.svg)

The weights are under the project's licence. The drawings they were trained on, those of the seven base
sets, are under the licences in data/LICENSES.md.
`;
}
