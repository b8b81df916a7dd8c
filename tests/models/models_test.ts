import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { createRandom } from "specialist/data";
import {
  compile,
  precisions,
  type Tensor,
  tf,
  useBackend,
  withPrecision,
} from "specialist/internal/tensor/mod.ts";
import {
  block,
  clipImageEmbeddings,
  clipSpecs,
  clipText,
  clipTextConfigSchema,
  clipTextEmbeddings,
  clipTextSpecs,
  conv,
  decode,
  encode,
  layerNorm,
  linear,
  loadClip,
  loadStableDiffusion,
  parameter,
  type ParameterSpecs,
  type Params,
  scoped,
  sequence,
  unet,
  unetConfigSchema,
  unetSpecs,
  vaeConfigSchema,
  vaeSpecs,
  withGradientCheckpointing,
} from "specialist/models";
import { upsampleConv, upsampleNearest } from "specialist/models/blocks.ts";
import { initParams } from "specialist/models/files/parameters.ts";
import { valueAndGradients } from "specialist/training";
import { ownFixtures } from "../parity/run_case.ts";
import { assertTensorsNear } from "../tensors.ts";

await useBackend();

const { unet: denoiser, vae, textEncoder } = await loadStableDiffusion(
  join(ownFixtures, "pipeline"),
);
const clip = await loadClip(join(ownFixtures, "clip/model"));

const normal = (shape: number[]): Tensor => tf.randomNormal(shape, 0, 1, "float32", 5);
const ids = tf.tensor2d([[0, 5, 6, 599, 599], [0, 9, 599, 599, 599]], undefined, "int32");
const latents = normal([2, 8, 8, 4]), images = normal([2, 16, 16, 3]);
const context = normal([2, 7, denoiser.config.cross_attention_dim]);
const timesteps = tf.tensor1d([1, 501], "int32");

/** Whether two trees of tensors are close: |a − b| ≤ 1e-5 · the largest of either. */
function assertClose(a: Record<string, Tensor>, b: Record<string, Tensor>): void {
  assertEquals(Object.keys(a), Object.keys(b));
  for (const name of Object.keys(a)) {
    const [x, y] = [[...a[name].dataSync()], b[name].dataSync()];
    const scale = x.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
    x.forEach((value, i) =>
      assert(Math.abs(value - y[i]) <= 1e-5 * scale, `${name}: ${value} and ${y[i]} at ${i}`)
    );
  }
}

function gradientsOfUnet(params: Params): Record<string, Tensor> {
  const { value, gradients } = valueAndGradients(
    (params) => tf.mean(tf.square(unet(params, denoiser.config, latents, timesteps, context))),
    params,
  );
  return { value, ...gradients };
}

describe("compiled and eager agree", () => {
  const functions: Record<string, [(params: Params) => Record<string, Tensor>, Params]> = {
    "U-Net": [
      (params) => ({ output: unet(params, denoiser.config, latents, timesteps, context) }),
      denoiser.params,
    ],
    "U-Net's gradients": [gradientsOfUnet, denoiser.params],
    "autoencoder": [
      (params) => ({
        ...encode(params, vae.config, images),
        drawn: decode(params, vae.config, latents),
      }),
      vae.params,
    ],
    "text encoder": [
      (params) => {
        const { lastHiddenState, pooled } = clipText(params, textEncoder.config, ids);
        return { lastHiddenState, pooled };
      },
      textEncoder.params,
    ],
    "CLIP": [
      (params) => ({
        texts: clipTextEmbeddings(params, clip.config, ids),
        images: clipImageEmbeddings(params, clip.config, normal([2, 32, 32, 3])),
      }),
      clip.params,
    ],
  };
  for (const [name, [fn, params]] of Object.entries(functions)) {
    it(name, () => tf.tidy(() => assertClose(compile(fn)(params), fn(params))));
  }
});

describe("the U-Net's blocks, computed again for their gradients", () => {
  const fewer = (params: Params) => withGradientCheckpointing(true, () => gradientsOfUnet(params));
  const { params } = denoiser;
  for (const [mode, fn] of Object.entries({ compiled: compile(fewer), eager: fewer })) {
    it(`have the same ones: ${mode}`, () => {
      const before = tf.memory().numTensors;
      tf.tidy(() => assertClose(fn(params), gradientsOfUnet(params)));
      assertEquals(tf.memory().numTensors, before);
    });
  }
});

describe("the convolution of an enlarged image", () => {
  const values = {
    x: normal([2, 9, 8, 3]),
    "up.weight": normal([3, 3, 3, 3]),
    "up.bias": normal([3]),
  };
  const convolve = conv("up", 3, 3, 3), enlarge = upsampleConv("up", 3);
  const weigh = normal([2, 18, 16, 3]);
  const gradientsOf = (enlarge: (params: Params) => Tensor) => {
    const { value, gradients } = valueAndGradients(
      (params) => tf.sum(tf.mul(weigh, enlarge(params))),
      values,
    );
    return { value, ...gradients };
  };

  it("is that of every pixel four times, and so are its gradients", () => {
    const plain = (params: Params) => convolve(params, upsampleNearest(params.x));
    const fast = (params: Params) => enlarge(params, params.x);
    assertClose({ y: fast(values) }, { y: plain(values) });
    assertClose(gradientsOf(fast), gradientsOf(plain));
  });

  it("has another size where it is asked for", () => {
    for (const size of [[18, 16], [17, 15], [20, 8]] as [number, number][]) {
      const plain = convolve(values, upsampleNearest(values.x, size));
      assertClose({ y: enlarge(values, values.x, size) }, { y: plain });
    }
  });
});

describe("the U-Net in bfloat16", () => {
  it("is near the U-Net in float32", () => {
    const [full, reduced] = precisions.map((precision) =>
      withPrecision(
        precision,
        () => unet(denoiser.params, denoiser.config, latents, timesteps, context),
      )
    );
    assertTensorsNear(reduced, full, 0.05);
  });
});

describe("the text encoder", () => {
  it("pools at the end token that its config names, and at the largest id for SD v1's 2", () => {
    const states = (end: number, ids: number[]) => {
      const config = clipTextConfigSchema.parse({ ...textEncoder.config, eos_token_id: end });
      return clipText(textEncoder.params, config, tf.tensor2d([ids], undefined, "int32"));
    };
    const rowAt = ({ lastHiddenState }: { lastHiddenState: Tensor }, i: number) =>
      (lastHiddenState.arraySync() as number[][][])[0][i];
    const pooledRow = ({ pooled }: { pooled: Tensor }) => (pooled.arraySync() as number[][])[0];
    const named = states(40, [0, 50, 40, 40]), largest = states(2, [0, 50, 40, 40]);
    assertEquals(pooledRow(named), rowAt(named, 2));
    assertEquals(pooledRow(largest), rowAt(largest, 1));
  });

  it("lets no token see those after it", () => {
    const first = (ids: number[]) =>
      clipText(textEncoder.params, textEncoder.config, tf.tensor2d([ids], undefined, "int32"))
        .lastHiddenState.slice([0, 0, 0], [1, 2, -1]).dataSync();
    assertEquals(first([0, 5, 9, 599]), first([0, 5, 7, 599]));
  });
});

describe("a network of one's own", () => {
  const mix = sequence([linear("mix.0", 4, 8), layerNorm("mix.1", 8), linear("mix.2", 8, 4)]);
  const gain = parameter("gain", [], "ones");
  const network = block([gain, mix], (params, x: Tensor) => tf.mul(gain(params), mix(params, x)));

  it("has the parameters of its layers, in their order", () => {
    const layers = ["mix.0", "mix.1", "mix.2"];
    const names = layers.flatMap((layer) => [`${layer}.weight`, `${layer}.bias`]);
    assertEquals(Object.keys(network.specs), ["gain", ...names]);
    assertEquals(network.specs["mix.0.weight"].shape, [8, 4]);
  });

  it("computes what they compute", () => {
    const params = { ...initParams(network.specs, createRandom(0)), gain: tf.scalar(3) };
    const x = normal([2, 5, 4]);
    assertClose({ y: network(params, x) }, { y: tf.mul(3, mix(params, x)) });
  });
});

describe("new parameters", () => {
  const specs = {
    unet: unetSpecs(denoiser.config),
    vae: vaeSpecs(vae.config),
    text: clipTextSpecs(textEncoder.config),
    clip: clipSpecs(clip.config),
  };

  /** The names of layers outside of blocks, and of blocks of layers, in their order. */
  const blocksOf = (specs: ParameterSpecs) =>
    Object.keys(specs)
      .map((name) => /^.+(resnets|attentions|samplers)\.\d+/.exec(name)?.[0] ?? layerOf(name))
      .filter((name, i, names) => name !== names[i - 1]);
  const layerOf = (name: string) => name.replace(/\.(weight|bias)$/, "");

  it("have the names and shapes that a checkpoint's have", () => {
    const shapes = (params: Params) =>
      Object.fromEntries(Object.entries(params).map(([name, { shape }]) => [name, shape]));
    const loaded = {
      unet: denoiser.params,
      vae: vae.params,
      text: textEncoder.params,
      clip: clip.params,
    };
    for (const [name, spec] of Object.entries(specs)) {
      assertEquals(
        shapes(initParams(spec, createRandom(0))),
        shapes(loaded[name as keyof typeof loaded]),
      );
    }
  });

  it("are saved in the order in which a network uses its blocks", () => {
    const sizes = { block_out_channels: [4, 8], layers_per_block: 1, norm_num_groups: 2 };
    const down_block_types = ["CrossAttnDownBlock2D", "DownBlock2D"];
    const up_block_types = ["UpBlock2D", "CrossAttnUpBlock2D"];
    const attention = { attention_head_dim: 2, cross_attention_dim: 6 };
    const denoiser = { ...sizes, ...attention, down_block_types, up_block_types };
    assertEquals(blocksOf(unetSpecs(unetConfigSchema.parse(denoiser))), [
      "conv_in",
      ...["time_embedding.linear_1", "time_embedding.linear_2"],
      ...["down_blocks.0.resnets.0", "down_blocks.0.attentions.0", "down_blocks.0.downsamplers.0"],
      "down_blocks.1.resnets.0",
      ...["mid_block.resnets.0", "mid_block.attentions.0", "mid_block.resnets.1"],
      ...["up_blocks.0.resnets.0", "up_blocks.0.resnets.1", "up_blocks.0.upsamplers.0"],
      ...["up_blocks.1.resnets.0", "up_blocks.1.attentions.0"],
      ...["up_blocks.1.resnets.1", "up_blocks.1.attentions.1"],
      ...["conv_norm_out", "conv_out"],
    ]);
    const mid = ["mid_block.resnets.0", "mid_block.attentions.0", "mid_block.resnets.1"];
    assertEquals(blocksOf(vaeSpecs(vaeConfigSchema.parse(sizes))), [
      "encoder.conv_in",
      ...["encoder.down_blocks.0.resnets.0", "encoder.down_blocks.0.downsamplers.0"],
      "encoder.down_blocks.1.resnets.0",
      ...mid.map((name) => `encoder.${name}`),
      ...["encoder.conv_norm_out", "encoder.conv_out", "quant_conv"],
      ...["post_quant_conv", "decoder.conv_in"],
      ...mid.map((name) => `decoder.${name}`),
      ...["decoder.up_blocks.0.resnets.0", "decoder.up_blocks.0.resnets.1"],
      "decoder.up_blocks.0.upsamplers.0",
      ...["decoder.up_blocks.1.resnets.0", "decoder.up_blocks.1.resnets.1"],
      ...["decoder.conv_norm_out", "decoder.conv_out"],
    ]);
  });

  it("of a block are saved in the order in which it uses its layers", () => {
    const layersOf = (block: string) =>
      Object.keys(scoped(specs.unet, block)).map(layerOf)
        .filter((name, i, names) => name !== names[i - 1]);
    assertEquals(layersOf("up_blocks.0.resnets.0"), [
      ...["norm1", "conv1", "time_emb_proj", "norm2", "conv2", "conv_shortcut"],
    ]);
    const attention = (name: string) =>
      ["to_q", "to_k", "to_v", "to_out.0"].map((layer) => `${name}.${layer}`);
    const inner = [
      ...["norm1", ...attention("attn1"), "norm2", ...attention("attn2"), "norm3"],
      ...["ff.net.0.proj", "ff.net.2"],
    ].map((layer) => `transformer_blocks.0.${layer}`);
    assertEquals(layersOf("mid_block.attentions.0"), ["norm", "proj_in", ...inner, "proj_out"]);
  });

  it("depend on the seed alone", () => {
    const weights = (seed: number) =>
      initParams(specs.vae, createRandom(seed))["decoder.conv_in.weight"].dataSync();
    assertEquals(weights(1), weights(1));
    assert(weights(1)[0] !== weights(2)[0]);
  });

  it("make an untrained denoiser predict zeros", () => {
    const params = initParams(specs.unet, createRandom(0));
    const output = unet(params, denoiser.config, latents, timesteps, context);
    assertEquals(tf.max(tf.abs(output)).dataSync()[0], 0);
  });
});
