/** The weights of the content loss for a sweep over its share of the gradient: numbers to be committed. */
import { join } from "node:path";
import {
  contentLoss,
  emojiPreset,
  gradientRatios,
  openLab,
  specialist,
  weightForShare,
} from "specialist";
import { gitCommit, renderTable, writeAtomically } from "specialist/internal/runtime/mod.ts";
import type { CalibrateConfig } from "../commands/options.ts";

type StyleWeights = {
  style: string;
  /** SHA-256 of the model that was measured. */
  model: string;
  /** Steps that have the content loss. */
  measured: number;
  weights: { share: number; weight: number }[];
};

/** Measures each style in a run of its own, prints the weights and writes them into the folder `output`. */
export async function runCalibrate(config: CalibrateConfig, signal?: AbortSignal): Promise<void> {
  const { output, ...settings } = config;
  await Deno.mkdir(output, { recursive: true });
  const styles: StyleWeights[] = [];
  for (const style of config.styles) styles.push(await measureStyle(style, config, signal));
  const commit = gitCommit();
  const record = { settings, commit, styles };
  await writeAtomically(
    join(output, "content_weights.json"),
    `${JSON.stringify(record, null, 2)}\n`,
  );
  console.log(renderTable(styles, [
    { title: "style", value: ({ style }) => style },
    ...config.shares.map((share, i) => ({
      title: `${100 * share} %`,
      value: ({ weights }: StyleWeights) => weights[i].weight.toExponential(2),
      align: "right" as const,
    })),
  ]));
}

async function measureStyle(
  style: string,
  { model, shots, seed, training, lastStep, shares }: CalibrateConfig,
  signal?: AbortSignal,
): Promise<StyleWeights> {
  const lab = await openLab({ style, model, shots, signal, preset: emojiPreset });
  const method = specialist({ contentLoss: contentLoss({ lastStep }) });
  const ratios = await gradientRatios(lab, method, { loss: "content", seed, training, signal });
  return {
    style,
    model: lab.datasets.model,
    measured: ratios.length,
    weights: shares.map((share) => ({
      share,
      weight: Number(weightForShare(ratios, share).toPrecision(4)),
    })),
  };
}
