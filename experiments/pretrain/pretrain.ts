/** Makes the base model: autoencoder, two CLIPs, then the text-to-image model. */
import { resolve } from "node:path";
import { gitCommit, hashFolder, sha256, UserError } from "specialist/internal/runtime/mod.ts";
import { useBackend } from "specialist/internal/tensor/mod.ts";
import { type BaseData, loadBaseData } from "./base_data.ts";
import type { PretrainConfig } from "./config.ts";
import { denoiserParams } from "./denoiser.ts";
import { type DenoiserNow, denoiserStage, writeModel } from "./denoiser_stage.ts";
import { type Frame, loadFrame, trainFrame } from "./frame.ts";

/**
 * Trains what is not trained yet, and writes the model's folder: now and then while the denoiser
 * learns, and in the end.
 *
 * @param load what is trained on; all drawings of the base sets by default
 * @throws UserError if the model to go on from would be overwritten, or is needed and not named
 */
export async function pretrain(
  config: PretrainConfig,
  signal?: AbortSignal,
  load: () => Promise<BaseData> = () => loadBaseData(config.concepts),
): Promise<void> {
  const { from, output, seed, stages } = config;
  if (from && resolve(from) === resolve(output)) {
    throw new UserError({
      what: "the model to go on from would be overwritten",
      field: "output",
      value: output,
      remedy: "name another folder to write to",
    });
  }
  if (stages.includes("decoder") && !from) {
    throw new UserError({
      what: "there is no decoder to train on",
      field: "stages",
      value: "decoder",
      remedy: "name the model to go on from, as in --from data/models/emoji-base",
    });
  }
  const commit = gitCommit();
  const backend = await useBackend({ batch: config.denoiser.training.batchSize });
  console.log(`Computing with ${backend}`);
  const data = await load();
  const datasets = { base: hashOf(data), ...from && { from: await hashFolder(from) } };
  const shared = { seed, datasets, backend, signal };
  const frame = from
    ? await loadFrame(from, config, data, shared)
    : await trainFrame(config, data, shared);

  const write = (now: DenoiserNow) => writeModel(config, frame, now, data, { backend, commit });
  const denoiser = stages.includes("denoiser")
    ? await denoiserStage(config, frame, data, shared, write)
    : denoiserBefore(frame);
  const written = denoiser && await write(denoiser);
  console.log(
    written
      ? `The base model is in ${output}`
      : "The model is written once all its parts are trained, by the same command",
  );
}

/** The denoiser of the model that is gone on from. */
function denoiserBefore({ start, scalingFactor, before }: Frame): DenoiserNow | undefined {
  if (!before || scalingFactor === undefined) return undefined;
  return { params: denoiserParams(start), scalingFactor };
}

function hashOf({ drawings }: BaseData): string {
  return sha256(drawings.flatMap(({ set, concept, items, pixels }) => [
    JSON.stringify([set, concept, items]),
    pixels,
  ]));
}
