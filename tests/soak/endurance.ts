/** A long training and long drawing in one process: memory, tensors and time have to stay. */
import { join } from "node:path";
import { readStyleFolder, styleFolderOf } from "specialist/data";
import { sample } from "specialist/diffusion";
import {
  createProgress,
  dataFile,
  libraryVersions,
  performRun,
} from "specialist/internal/runtime/mod.ts";
import { tf, useBackend } from "specialist/internal/tensor/mod.ts";
import {
  loadClip,
  loadStableDiffusion,
  modelAtSize,
  type StableDiffusion,
} from "specialist/models";
import { emojiParts, methodOf, methodSchema, prepareMethod } from "specialist/specialist";
import { fit, trainingSchema } from "specialist/training";
import type { Course } from "../bench/record.ts";
import { flatnessFindings, recordStretches, reportedCourse } from "./flatness.ts";
import type { CaseConfig, Report } from "./report.ts";

const base = dataFile("models/emoji-base");

/** Images drawn at a time. */
const together = 8;

/** Trains the shipped model with all of the method's parts, as a run with a record, and draws with it. */
export async function endurance(
  { steps, images, seed }: CaseConfig,
  signal: AbortSignal,
): Promise<Report> {
  const model = await loadStableDiffusion(base);
  const training = await trainLong(modelAtSize(model, 32), { steps, seed, signal });
  const drawing = await drawLong(model, { images, seed, signal });
  const courses = [
    reportedCourse("training", "step", training),
    reportedCourse("drawing", "image", drawing, together),
  ];
  return {
    title: `${steps} training steps, then ${images} images, in one process`,
    findings: [training, drawing].flatMap((course, i) => flatnessFindings(course, courses[i])),
    courses,
  };
}

async function trainLong(
  model: StableDiffusion,
  { steps, seed, signal }: { steps: number; seed: number; signal: AbortSignal },
): Promise<Course> {
  const { shots, styleWords } = await readStyleFolder(styleFolderOf("openmoji"));
  const config = methodSchema.parse({
    method: "specialist",
    ...emojiParts,
    captions: { retrieval: { enabled: false } },
    contentLoss: { every: 10, steps: 2 },
  });
  const guide = await loadClip(join(base, "guide"));
  const { task } = await prepareMethod(methodOf(config), {
    model,
    shots,
    styleWords,
    guide,
    sampling: { steps: 25 },
  });
  const training = trainingSchema.parse({
    steps,
    batchSize: 1,
    maxGradNorm: 1,
    checkpointEvery: 100,
  });
  const identity = { kind: "soak", config, seed, versions: libraryVersions(), datasets: {} };
  const progress = createProgress({ label: "Training", total: steps, unit: "steps" });
  const parent = await Deno.makeTempDir();
  const { course, lap } = recordStretches(steps);
  try {
    await performRun({ identity, parent, backend: await useBackend() }, async (run) => {
      const onStep = (step: number, loss: number) => {
        lap();
        progress.update(step, { loss: loss.toFixed(4) });
      };
      tf.dispose(await fit(task, training, { seed, run, signal, onStep }));
      return {};
    });
    return course;
  } finally {
    progress.stop();
    await Deno.remove(parent, { recursive: true });
  }
}

async function drawLong(
  model: StableDiffusion,
  { images, seed, signal }: { images: number; seed: number; signal: AbortSignal },
): Promise<Course> {
  const progress = createProgress({
    label: "Drawing",
    total: images,
    unit: "images",
  });
  const { course, lap } = recordStretches(Math.ceil(images / together));
  try {
    for (let drawn = 0; drawn < images; drawn += together) {
      const prompts = Array.from({ length: together }, (_, i) => `a red apple, ${drawn + i}`);
      await sample(model, {
        prompts,
        steps: 2,
        guidanceScale: 4,
        seed: `${seed} ${drawn}`,
        signal,
      });
      lap();
      progress.update(Math.min(drawn + together, images));
    }
    return course;
  } finally {
    progress.stop();
  }
}
