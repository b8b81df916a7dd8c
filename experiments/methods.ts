/** Every method on every style that the base model has never seen. */
import { shippedStyles } from "specialist/data";
import { comparedMethods, onTestConcepts } from "./comparison.ts";
import { defineSweep, over, variants } from "./sweep/mod.ts";

const methods = variants("method", comparedMethods);

export default defineSweep({
  title: "Methods",
  base: onTestConcepts,
  axes: [methods, over("style", shippedStyles), over("seed", [0, 1, 2])],
  baseline: "base model",
  reference: "Specialist Diffusion",
  quick: {
    base: {
      training: { steps: 80 },
      evaluation: { concepts: 48, every: 20 },
      sampling: { steps: 15 },
    },
    axes: [methods, over("style", ["openmoji"]), over("seed", [0])],
  },
});
