/**
 * What all of the paper's training runs share. README.md says what is known of it and what is
 * assumed.
 */
import { type Axis, type Patch, variants } from "../sweep/mod.ts";

/** Where the weights, the images and the captions are put. */
const folder = "data/paper";
const model = `${folder}/stable-diffusion-v1-4`;

const images = 8;
const batchSize = 4;
const epoch = images / batchSize;

export const setting: Patch = {
  preset: "paper",
  model,
  size: 256,
  shots: images,
  corpus: `${folder}/captions.txt`,
  retriever: `${model}/judge`,
  training: {
    steps: 500 * epoch,
    batchSize,
    maxGradNorm: 1,
    learningRate: {
      peak: 1e-5,
      warmup: 0,
      schedule: "multistep",
      milestones: [20 * epoch, 100 * epoch],
      gamma: 0.5,
    },
  },
  sampling: { sampler: "pndm", steps: 100, guidanceScale: 7.5 },
  evaluation: {
    prompts: [
      "a young brown woman walking her dog in a park at night with a full moon",
      "a castle beside a lake",
      "two people sitting on a bench in the park",
      "a cat wearing sunglasses",
    ],
    every: 250,
  },
};

/** The method as the paper describes it. */
export const specialist: Patch = {
  method: {
    method: "specialist",
    augmentation: { probability: 0.5 },
    captions: { retrieval: { threshold: 0.65 } },
    contentLoss: {
      weight: 1e-3,
      target: "image",
      gradient: "through-last-step",
      steps: 100,
      guidanceScale: 7.5,
    },
    timesteps: { mode: "sparse", grid: "reference" },
  },
};

export const styles: Axis = variants("style", {
  "food doodle": { data: `${folder}/styles/food-doodle` },
  "flat design": { data: `${folder}/styles/flat-design` },
  "fantasy": { data: `${folder}/styles/fantasy` },
});

/** The rows of the paper's ablation, as changes to the full method. */
export const ablationRows = {
  "full method": {},
  "w/o retrieval": { method: { captions: { retrieval: { enabled: false } } } },
  "w/o synonym + retrieval": {
    method: { captions: { retrieval: { enabled: false }, synonyms: { enabled: false } } },
  },
  "w/o content loss": { method: { contentLoss: { enabled: false } } },
  "w/o sparse updating": { method: { timesteps: { mode: "dense" } } },
} satisfies Record<string, Patch>;
