/** How many images the method needs. */
import { shippedStyles } from "specialist/data";
import { comparedMethods, onTestConcepts } from "./comparison.ts";
import { defineSweep, over } from "./sweep/mod.ts";

const shots = over("shots", [1, 2, 4, 8]);

export default defineSweep({
  title: "Number of shots",
  base: { ...comparedMethods["Specialist Diffusion"], ...onTestConcepts },
  axes: [shots, over("style", shippedStyles), over("seed", [0, 1, 2])],
  baseline: "0",
  reference: "8",
  quick: {
    base: { training: { steps: 80 }, evaluation: { concepts: 48 }, sampling: { steps: 15 } },
    axes: [shots, over("style", ["openmoji"]), over("seed", [0])],
  },
});
