/** Commands that make what is shipped: the benchmark, the base model and the judges. */
import { Command, InvalidArgumentError } from "commander";
import { configCommand } from "specialist/internal/cli/config_command.ts";
import { updateOption, withPlaces } from "specialist/internal/cli/results.ts";
import { judgesSchema } from "../judges/config.ts";
import { pretrainSchema } from "../pretrain/config.ts";
import { baseStylesSchema, latentNoiseSchema, retrievalSchema, studySchema } from "./options.ts";

type DataOptions = { rewriteSplits?: number; updateResults?: boolean };

/** Draws the emoji benchmark, and writes what is shipped of it where that is asked for. */
export function data(): Command {
  return new Command("data")
    .description("Draw the emoji benchmark and check its splits")
    .option(
      "--rewrite-splits <seed>",
      "draw new splits with this seed; models and scores of the old ones become invalid",
      parseSeed,
    )
    .option(`--${updateOption}`, "write shots, captions and licences into data/")
    .action(async ({ rewriteSplits: seed, updateResults }: DataOptions) => {
      const datasets = await import("specialist/data");
      const { renderTable } = await import("specialist/internal/runtime/mod.ts");

      const emoji = await datasets.loadEmoji();
      if (seed !== undefined) {
        await datasets.writeSplits(datasets.makeSplits(emoji.concepts, seed));
      }
      const splits = await datasets.readSplits();
      datasets.checkSplits(splits, emoji.concepts);
      if (updateResults || seed !== undefined) await datasets.shipEmoji(emoji, splits);

      console.log(renderTable([...emoji.sets], [
        { title: "set", value: ({ name }) => name },
        { title: "role", value: ({ role }) => role },
        { title: "style words", value: ({ styleWords }) => styleWords },
        {
          title: "images",
          value: ({ name }) => `${emoji.images(name).ids.length}`,
          align: "right",
        },
        { title: "licence", value: ({ licence }) => licence },
      ]));
      console.log(renderTable([...datasets.splitNames], [
        { title: "split", value: (name) => name },
        { title: "concepts", value: (name) => `${splits[name].length}`, align: "right" },
        { title: "such as", value: (name) => splits[name].slice(0, 5).join(", ") },
      ]));
    });
}

function parseSeed(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("a seed is a whole number of up to 9 digits");
}

/** Makes the base model. */
export const pretrain = () =>
  configCommand({
    name: "pretrain",
    description: "Train the emoji base model: autoencoder, guide, text-to-image model",
    schema: pretrainSchema,
    async run(config, signal) {
      const { runPretrain } = await import("../pretrain/pretrain.ts");
      await runPretrain(withPlaces(config, "output"), signal);
    },
  });

/** Makes the judges and their validity report. */
export const judges = () =>
  configCommand({
    name: "judges",
    description: "Train the content judge and the style judge, and report how valid they are",
    schema: judgesSchema,
    async run(config, signal) {
      const { judges } = await import("../judges/judges.ts");
      await judges(withPlaces(config, "output", "report"), signal);
    },
  });

/** How much noise an autoencoder's latents tolerate. */
export const latentNoise = () =>
  configCommand({
    name: "latent-noise",
    description: "Measure how much noise the latents of autoencoders tolerate, and denoisers make",
    schema: latentNoiseSchema,
    async run(config) {
      const { latentNoise } = await import("../latent_noise/latent_noise.ts");
      await latentNoise(withPlaces(config, "output"));
    },
  });

/** How well base models draw. */
export const baseStyles = () =>
  configCommand({
    name: "base-styles",
    description: "Score how well base models draw test concepts in the styles they have learned",
    schema: baseStylesSchema,
    async run(config, signal) {
      const { baseStyles } = await import("../base_styles/base_styles.ts");
      await baseStyles(withPlaces(config, "output"), signal);
    },
  });

/** What caption retrieval gives. */
export const retrieval = () =>
  configCommand({
    name: "retrieval",
    description: "Measure how many captions retrieved for shots are true and in other words",
    schema: retrievalSchema,
    async run(config) {
      const { retrieval } = await import("../retrieval/retrieval.ts");
      await retrieval(withPlaces(config, "output"));
    },
  });

/** What the study found out. */
export const study = () =>
  configCommand({
    name: "study",
    description: "Write the study's report: predictions and outcomes, stages, images side by side",
    schema: studySchema,
    async run(config) {
      const { runStudy } = await import("../study/study.ts");
      await runStudy(withPlaces(config, "output"));
    },
  });
