/**
 * Dose of the content loss: its gradient's norm as a share of the denoising loss's, without any other part. The
 * weights that give these shares are measured by `deno task specialist calibrate`, for each style.
 */
import { existsSync } from "node:fs";
import { z } from "zod";
import { latest } from "specialist/internal/cli/results.ts";
import { readJson, UserError } from "specialist/internal/runtime/mod.ts";
import { applyPatch, type ChoicePatch, defineSweep, variants } from "../sweep/mod.ts";
import { regime } from "./parts.ts";
import { blocks, doseBlocks, inRegime, onTest, quickly, withParts } from "./setting.ts";

/** Norms relative to the denoising loss's. */
const doses = [0.03, 0.1, 0.3, 1];

/** `calibrate` counts shares of the sum of both norms. */
export const shareOf = (dose: number): number => Number((dose / (1 + dose)).toFixed(4));

const file = latest("results/study/content_weights.json");
const weightsSchema = z.looseObject({
  styles: z.array(z.looseObject({
    style: z.string(),
    weights: z.array(z.strictObject({ share: z.number(), weight: z.number() })),
  })),
});
const weights = existsSync(file) ? await readJson(file, weightsSchema) : undefined;

function withDose(dose: number): ChoicePatch {
  return ({ style }) => {
    const found = weights?.styles.find((own) => own.style === style)?.weights
      .find(({ share }) => share === shareOf(dose));
    if (!found) {
      throw new UserError({
        what: `there is no weight of the content loss for ${style} at a dose of ${dose}`,
        file,
        remedy: `run deno task specialist calibrate --shares ${doses.map(shareOf).join(",")}`,
      });
    }
    const { weight } = found;
    return applyPatch(withParts(["content loss"]), { method: { contentLoss: { weight } } });
  };
}

const rows: Record<string, ChoicePatch> = {
  "0 %": withParts([]),
  ...Object.fromEntries(doses.map((dose) => [`${100 * dose} %`, withDose(dose)])),
};

export default defineSweep({
  title: "Dose: content loss",
  base: applyPatch(onTest, inRegime(regime)),
  axes: [doseBlocks, variants("share of the gradient", rows)],
  baseline: "base model",
  reference: "0 %",
  quick: {
    base: quickly,
    axes: [
      blocks(["openmoji"], [1]),
      variants("share of the gradient", {
        "0 %": withParts([]),
        "uncalibrated": withParts(["content loss"]),
      }),
    ],
  },
});
