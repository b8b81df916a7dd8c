/** Sparse timesteps trained for a sampler of S steps, drawn with samplers of as many, fewer and more. */
import { shippedStyles } from "specialist/data";
import { comparedMethods, onTestConcepts } from "./comparison.ts";
import { defineSweep, over, type Patch, variants } from "./sweep/mod.ts";

const steps = [10, 20, 50, 100];

const trained = variants("trained on", {
  ...Object.fromEntries(steps.map((samplerSteps): [string, Patch] => [
    `grid of ${samplerSteps}`,
    { method: { timesteps: { samplerSteps } } },
  ])),
  "all timesteps": { method: { timesteps: { mode: "dense" } } },
});

const drawn = variants(
  "drawn in",
  Object.fromEntries(steps.map((steps): [string, Patch] => [
    `${steps} steps`,
    { sampling: { steps } },
  ])),
);

// No row for the base model: it draws other images in each number of steps.
export default defineSweep({
  title: "Sampler steps",
  base: { ...comparedMethods["Specialist Diffusion"], ...onTestConcepts },
  axes: [trained, drawn, over("style", shippedStyles), over("seed", [0])],
  reference: "grid of 100 · 100 steps",
  quick: {
    base: { training: { steps: 60 }, evaluation: { concepts: 48 } },
    axes: [trained, drawn, over("style", ["openmoji"]), over("seed", [0])],
  },
});
