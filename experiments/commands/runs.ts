/** Commands that train, sample and score. */
import { configCommand, obtainModels } from "specialist/internal/cli/config_command.ts";
import { withPlaces } from "specialist/internal/cli/results.ts";
import { trainSchema } from "specialist/train_config.ts";
import { presetLayer, presetPaths } from "specialist/train_preset.ts";
import {
  calibrateSchema,
  captionSchema,
  demoSchema,
  demoTableSchema,
  evaluateSchema,
  exportSchema,
  sampleSchema,
} from "./options.ts";

/** The first thing to run. */
export const demo = () =>
  configCommand({
    name: "demo",
    description: "Teach the base model an unseen style from 8 images, and show what it learned",
    schema: demoSchema,
    prepare: ({ model }, signal) => obtainModels([model], signal),
    async run(config, signal) {
      const { runDemo } = await import("../train/demo.ts");
      await runDemo(config, signal);
    },
  });

/** The demo's table, and the README's image. */
export const demoTable = () =>
  configCommand({
    name: "demo-table",
    description: "Run the demo for every shipped style, and write the table of its scores",
    schema: demoTableSchema,
    prepare: ({ model }, signal) => obtainModels([model], signal),
    async run(config, signal) {
      const { runDemoTable } = await import("../train/demo.ts");
      await runDemoTable(withPlaces(config, "output"), signal);
    },
  });

/** Any method, any setting. */
export const train = () =>
  configCommand({
    name: "train",
    description: "Teach a model a style with any method, and score it on held-out concepts",
    schema: trainSchema,
    shortForms: { prompts: "evaluation.prompts" },
    preset: { paths: presetPaths, layer: presetLayer },
    prepare: ({ model, guide, judge, retriever }, signal) =>
      obtainModels([model, guide, judge, retriever], signal),
    async run(config, signal) {
      const { describeRun, runTrain } = await import("../train/train.ts");
      console.log(describeRun(await runTrain(config, signal)));
    },
  });

/** The content loss's weights for a sweep over its share of the gradient. */
export const calibrate = () =>
  configCommand({
    name: "calibrate",
    description: "Find the content loss's weights that give it shares of the gradient",
    schema: calibrateSchema,
    prepare: ({ model }, signal) => obtainModels([model], signal),
    async run(config, signal) {
      const { runCalibrate } = await import("../study/calibrate.ts");
      await runCalibrate(withPlaces(config, "output"), signal);
    },
  });

/** Images from prompts. */
export const sample = () =>
  configCommand({
    name: "sample",
    description: "Draw images of prompts with a base or an adapted model",
    schema: sampleSchema,
    prepare: async (config, signal) => {
      const { gridOf } = await import("../train/grid_cells.ts");
      const models = new Set(gridOf(config).cells.flat().map(({ model }) => model));
      await obtainModels([...models], signal);
    },
    async run(config, signal) {
      const { isGrid } = await import("../train/grid_cells.ts");
      if (isGrid(config)) {
        const { runSampleGrid } = await import("../train/sample_grid.ts");
        return await runSampleGrid(config, signal);
      }
      const { runSample } = await import("../train/sample.ts");
      await runSample(config, signal);
    },
  });

/** Scores of an existing model. */
export const evaluate = () =>
  configCommand({
    name: "evaluate",
    description: "Score a model in a shipped style or your own, against the base model",
    schema: evaluateSchema,
    prepare: ({ base, model, judge }, signal) => obtainModels([base, model, judge], signal),
    async run(config, signal) {
      const { runEvaluate } = await import("../train/evaluate.ts");
      const { scoreTable } = await import("specialist/figures");
      const { scores } = await runEvaluate(config, signal);
      console.log(`\n${scoreTable(scores)}`);
    },
  });

/** A run's result for other programs. */
export const exportRun = () =>
  configCommand({
    name: "export",
    description: "Export a run's result for other programs",
    schema: exportSchema,
    argument: "run",
    async run(config) {
      const { runExport } = await import("../train/export.ts");
      console.log(await runExport(config));
    },
  });

/** Captions for one's own images. */
export const caption = () =>
  configCommand({
    name: "caption",
    description: "Caption images with an image-to-text model, in a text file next to each",
    schema: captionSchema,
    argument: "folder",
    prepare: async (config, signal) => {
      const { neededCaptioner } = await import("../train/caption.ts");
      return await neededCaptioner(config, signal);
    },
    async run(config, signal, captioner) {
      const { runCaption } = await import("../train/caption.ts");
      await runCaption({ ...config, captioner }, signal);
    },
  });
