/** Makes the base model: autoencoder, guide, then the text-to-image model. */
import { resolve } from "node:path";
import {
  gitCommit,
  hashFolder,
  requireReplaceable,
  UserError,
} from "specialist/internal/runtime/mod.ts";
import { useBackend } from "specialist/internal/tensor/mod.ts";
import { type BaseData, hashOfDrawings, loadBaseData } from "./base_data.ts";
import { type PretrainConfig, stagesOf } from "./config.ts";
import { denoiserParams } from "./denoiser.ts";
import { type DenoiserNow, denoiserStage, writeModel } from "./denoiser_stage.ts";
import { type Frame, loadFrame, trainFrame } from "./frame.ts";
import { writeAutoencoder } from "./further_autoencoder.ts";

/**
 * Trains those of the stages that are not trained yet, and writes the model's folder: now and then while the denoiser
 * learns, and in the end. An autoencoder that no denoiser fits yet is written by itself.
 *
 * @param load what is trained on; all drawings of the base sets by default
 * @throws UserError if the model to resume from would be overwritten, or is needed and not named
 */
export async function runPretrain(
  config: PretrainConfig,
  signal?: AbortSignal,
  load: () => Promise<BaseData> = () => loadBaseData(config.concepts),
): Promise<void> {
  const { from, autoencoder, output, seed } = config;
  const stages = stagesOf(config);
  if (from && resolve(from) === resolve(output)) {
    throw new UserError({
      what: "the model to continue would be overwritten",
      field: "output",
      value: output,
      remedy: "name another folder to write to",
    });
  }
  const decoder = stages.includes("decoder");
  if (!from && (decoder || autoencoder)) {
    throw new UserError({
      what: decoder
        ? "there is no decoder to train further"
        : "there is no model whose autoencoder is to be replaced",
      field: decoder ? "stages" : "autoencoder",
      value: decoder ? "decoder" : autoencoder,
      remedy: "name the model to continue, as in --from data/models/emoji-base",
    });
  }
  await requireReplaceable(output, ["training.json", "judge"]);
  const commit = gitCommit();
  const backend = await useBackend({ batch: config.denoiser.training.batchSize });
  console.log(`Computing with ${backend}`);
  const data = await load();
  const datasets = {
    base: hashOfDrawings(data.drawings),
    ...from && { from: await hashFolder(from) },
    ...autoencoder && { autoencoder: await hashFolder(autoencoder) },
  };
  const shared = { seed, datasets, backend, signal };
  const frame = from
    ? await loadFrame(from, config, data, shared)
    : await trainFrame(config, data, shared);

  if (frame.autoencoder && !stages.includes("denoiser")) {
    await writeAutoencoder(output, frame.autoencoder, { config, backend, commit });
    return console.log(`The autoencoder is in ${output}`);
  }

  const write = (now: DenoiserNow) => writeModel(config, frame, now, data, { backend, commit });
  const denoiser = stages.includes("denoiser")
    ? await denoiserStage(config, frame, data, shared, write)
    : denoiserBefore(frame);
  const written = denoiser && await write(denoiser);
  console.log(
    written
      ? `The base model is in ${output}`
      : `Trained: ${stages.join(", ")}. The model is written with the stage denoiser`,
  );
}

/** The denoiser of the model that is continued. */
function denoiserBefore({ start, scalingFactor, before }: Frame): DenoiserNow | undefined {
  if (!before || scalingFactor === undefined) return undefined;
  return { params: denoiserParams(start), scalingFactor };
}
