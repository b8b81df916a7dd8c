/** A run that ends well, and one that cannot, the reference; the model is in the folder `base`. */
import { defineSweep, variants } from "experiments/sweep/mod.ts";
import tinySweep from "./tiny_sweep.ts";

export default defineSweep({
  title: "Failing",
  reference: "LoRA of nothing",
  base: tinySweep.base,
  axes: [
    variants("method", {
      "LoRA of nothing": { method: { method: "lora", targets: ["no such layer"] } },
      "LoRA": { method: { method: "lora" } },
    }),
  ],
});
