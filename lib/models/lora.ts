/** Low-rank adapters (Hu et al. 2022, "LoRA"): W stays as it is, B A of rank r learns next to it. */
import type { Random } from "../data/mod.ts";
import { type Tensor, tf } from "../internal/tensor/mod.ts";
import type { Params } from "./layers.ts";

export type LoraShape = {
  /** r: inner width of each pair. */
  rank: number;
  /** α: the pair's product is scaled by α / r. */
  alpha: number;
};

/**
 * New adapters next to the linear layers whose names end in one of `targets`: A normal with deviation
 * 1 / r, B zero, so that nothing changes at first.
 *
 * @param params of the model, with layers such as "mid_block.attentions.0…attn2.to_k"
 * @returns `${layer}.lora.down.weight` [r, in] and `${layer}.lora.up.weight` [out, r]
 */
export function createLora(
  params: Params,
  { rank, targets }: Pick<LoraShape, "rank"> & { targets: readonly string[] },
  random: Random,
): Params {
  const adapters: Params = {};
  for (const [name, { shape: [out, inputs] }] of Object.entries(params)) {
    const layer = name.replace(/\.weight$/, "");
    if (layer === name || !targets.some((target) => layer.endsWith(`.${target}`))) continue;
    const stream = random.fork(layer);
    const values = Float32Array.from({ length: rank * inputs }, () => stream.normal() / rank);
    adapters[`${layer}.lora.down.weight`] = tf.tensor(values, [rank, inputs]);
    adapters[`${layer}.lora.up.weight`] = tf.zeros([out, rank]);
  }
  return adapters;
}

/** `${layer}.lora.scale` for each of `adapters`: α / r, as one tensor. */
export function loraScales(adapters: Params, { rank, alpha }: LoraShape): Params {
  const scale = tf.scalar(alpha / rank);
  return Object.fromEntries(layersOf(adapters).map((layer) => [`${layer}.lora.scale`, scale]));
}

/**
 * W + (α / r) B A in place of each adapted W, and no adapters.
 *
 * @returns new tensors where there was an adapter, the same ones elsewhere
 */
export function mergeLora(params: Params): Params {
  const merged = Object.fromEntries(
    Object.entries(params).filter(([name]) =>
      !/\.lora\.(down\.weight|up\.weight|scale)$/.test(name)
    ),
  );
  for (const layer of layersOf(params)) {
    const weight = `${layer}.weight`;
    merged[weight] = tf.tidy(() => {
      const delta = loraDelta(params, layer);
      // A 1×1 convolution's weight is [1, 1, in, out].
      const fitted = params[weight].rank === 4 ? tf.transpose(delta) : delta;
      return tf.add(params[weight], fitted);
    });
  }
  return merged;
}

/** (α / r) B A [out, in] */
export function loraDelta(params: Params, layer: string): Tensor {
  const [down, up, scale] = ["down.weight", "up.weight", "scale"].map((part) =>
    params[`${layer}.lora.${part}`]
  );
  return tf.mul(scale, tf.matMul(up as never, down as never));
}

function layersOf(params: Params): string[] {
  return Object.keys(params).flatMap((name) => /^(.+)\.lora\.down\.weight$/.exec(name)?.[1] ?? []);
}
