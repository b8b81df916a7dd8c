import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "specialist/internal/runtime/mod.ts";
import { type Tensor, useBackend } from "specialist/internal/tensor/mod.ts";
import {
  clipText,
  clipTextConfigSchema,
  clipTextSpecs,
  decode,
  encode,
  loadSingleFile,
  loadStableDiffusion,
  type ParameterSpecs,
  saveSingleFile,
  singleFileNames,
  stableDiffusionV1,
  unet,
  unetConfigSchema,
  unetSpecs,
  vaeConfigSchema,
  vaeSpecs,
} from "specialist/models";
import {
  type NamedArray,
  openSafetensors,
  readSafetensors,
  writeSafetensors,
} from "specialist/models/files/safetensors.ts";
import { channelsLastTensor } from "../parity/fixture.ts";
import { ownFixtures } from "../parity/run_case.ts";
import { assertTensorsNear, tensorOf } from "../tensors.ts";

await useBackend();

const fixtures = join(ownFixtures, "checkpoints");
const pipeline = join(ownFixtures, "pipeline");

/** Written by tests/reference/make_checkpoint_fixtures.py, from diffusers' and transformers' classes. */
type RealNames = {
  configs: Record<string, Record<string, Record<string, unknown>>>;
  /** Shapes by model, network and name. */
  tensors: Record<string, Record<string, Record<string, number[]>>>;
  /** By v1.4's network and name. */
  singleFile: Record<"unet" | "vae" | "text_encoder", Record<string, string>>;
};

async function realNames(): Promise<RealNames> {
  const file = await Deno.open(join(fixtures, "names.json.gz"));
  return await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).json();
}
const real = await realNames();

async function withFolder(check: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await check(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const shapesOf = (specs: ParameterSpecs) =>
  Object.fromEntries(Object.entries(specs).map(([name, { shape }]) => [name, shape]));

describe("the networks' tensors have the names and shapes of the real ones", () => {
  for (const [model, configs] of Object.entries(real.configs)) {
    it(`in Stable Diffusion ${model}`, () => {
      const ours = {
        unet: unetSpecs(unetConfigSchema.parse(configs.unet)),
        vae: vaeSpecs(vaeConfigSchema.parse(configs.vae)),
        text_encoder: clipTextSpecs(clipTextConfigSchema.parse(configs.text_encoder)),
      };
      for (const [part, specs] of Object.entries(ours)) {
        assertEquals(shapesOf(specs), real.tensors[model][part], part);
      }
    });
  }

  it("in v1.4 as it is known without a config.json", () => {
    const { unet, vae, textEncoder } = stableDiffusionV1;
    assertEquals(shapesOf(unetSpecs(unet)), real.tensors["v1.4"].unet);
    assertEquals(shapesOf(vaeSpecs(vae)), real.tensors["v1.4"].vae);
    assertEquals(shapesOf(clipTextSpecs(textEncoder)), real.tensors["v1.4"].text_encoder);
  });

  it("in v1.4's single file", () => {
    const names = singleFileNames(stableDiffusionV1);
    for (const part of ["unet", "vae", "text_encoder"] as const) {
      const inFile = names[part === "text_encoder" ? "textEncoder" : part];
      const ours = Object.keys(real.tensors["v1.4"][part]).map((name) => [name, inFile(name)]);
      assertEquals(Object.fromEntries(ours), real.singleFile[part]);
    }
  });
});

const sd2 = join(fixtures, "sd2");
const model = await loadStableDiffusion(sd2);
const { tensors: expected } = await readSafetensors(join(sd2, "expected.safetensors"));

describe("Stable Diffusion 2, sharded and in half precision as diffusers saved it", () => {
  /** In our layout where there are pixels. */
  const tensor = (name: string): Tensor => {
    const array = expected[name];
    return array.shape.length === 4 ? channelsLastTensor(array) : tensorOf(array);
  };

  it("predicts the velocity that diffusers predicts", () => {
    const { unet: { params, config }, scheduler } = model;
    assertEquals(scheduler.prediction_type, "v_prediction");
    const inputs = [tensor("latents"), tensor("timesteps"), tensor("context")] as const;
    assertTensorsNear(unet(params, config, ...inputs), tensor("velocity"), 1e-5);
  });

  it("encodes texts as transformers does", () => {
    const { params, config } = model.textEncoder;
    const { lastHiddenState } = clipText(params, config, tensor("ids"));
    assertTensorsNear(lastHiddenState, tensor("context"), 1e-5);
  });

  it("encodes and decodes images as diffusers does", () => {
    const { params, config } = model.vae;
    assertTensorsNear(encode(params, config, tensor("images")).mean, tensor("mean"), 1e-5);
    assertTensorsNear(decode(params, config, tensor("latents")), tensor("decoded"), 1e-5);
  });
});

describe("a folder is refused", () => {
  const refusal = async (change: (folder: string) => Promise<unknown>): Promise<string> => {
    let message = "";
    await withFolder(async (folder) => {
      cpSync(sd2, folder, { recursive: true });
      await change(folder);
      ({ message } = await assertRejects(() => loadStableDiffusion(folder), UserError));
    });
    return message;
  };
  const changed = (path: string, change: (json: Record<string, unknown>) => void) =>
    refusal(async (folder) => {
      const file = join(folder, path);
      const json = JSON.parse(await Deno.readTextFile(file));
      change(json);
      await Deno.writeTextFile(file, JSON.stringify(json));
    });

  const unknown: [file: string, field: string, value: unknown][] = [
    ["unet", "addition_embed_type", "text_time"],
    ["unet", "transformer_layers_per_block", [1, 2]],
    ["unet", "attention_head_dim", [1, 2, 3]],
    ["unet", "_class_name", "FluxTransformer2DModel"],
    ["vae", "shift_factor", 0.1],
    ["vae", "a_field_of_next_year", 1],
    ["text_encoder", "model_type", "t5"],
    ["text_encoder", "hidden_act", "relu"],
  ];
  for (const [part, field, value] of unknown) {
    it(`whose ${part} has a ${field} that is not known here, by its name`, async () => {
      const message = await changed(`${part}/config.json`, (json) => json[field] = value);
      assertStringIncludes(message, join(part, "config.json"));
      assertStringIncludes(message, field);
    });
  }

  const index = "unet/diffusion_pytorch_model.safetensors.index.fp16.json";

  it("whose index of shards leads out of it", async () => {
    const message = await changed(index, (json) => {
      (json.weight_map as Record<string, string>)["conv_in.bias"] = "../../secret.safetensors";
    });
    assertStringIncludes(message, "conv_in.bias");
    assertStringIncludes(message, "in the same folder");
  });

  it("whose numbers are no floating-point ones", async () => {
    const weights = "vae/diffusion_pytorch_model.fp16.safetensors";
    const message = await refusal(async (folder) => {
      const { tensors } = await readSafetensors(join(folder, weights));
      tensors["quant_conv.bias"] = { shape: [8], dtype: "I32", data: new Int32Array(8) };
      await writeSafetensors(join(folder, weights), tensors);
    });
    assertStringIncludes(message, "quant_conv.bias has numbers of type I32");
  });
});

describe("a single file", () => {
  /** The tiny pipeline in one file, its architecture, and the pipeline. */
  const withFile = (
    check: (file: string, load: () => ReturnType<typeof loadSingleFile>) => Promise<void>,
  ) =>
    withFolder(async (folder) => {
      const file = join(folder, "model.safetensors");
      const model = await loadStableDiffusion(pipeline);
      await saveSingleFile(file, model, { dtype: "F32" });
      await check(file, () =>
        loadSingleFile(file, {
          unet: model.unet.config,
          vae: model.vae.config,
          textEncoder: model.textEncoder.config,
          scheduler: model.scheduler,
        }));
    });
  const changedFile = (file: string, change: (tensors: Record<string, NamedArray>) => void) =>
    readSafetensors(file).then(({ tensors }) => {
      change(tensors);
      return writeSafetensors(file, tensors);
    });

  it("holds what was written, to the last number, in the original layout", () =>
    withFile(async (file, load) => {
      const [before, after] = [await loadStableDiffusion(pipeline), await load()];
      for (const part of ["unet", "vae", "textEncoder"] as const) {
        assertEquals(Object.keys(after[part].params), Object.keys(before[part].params));
        for (const [name, value] of Object.entries(before[part].params)) {
          assertEquals(after[part].params[name].arraySync(), value.arraySync(), name);
        }
      }
      using open = await openSafetensors(file);
      const query = open.entries.find(({ name }) =>
        name === "first_stage_model.decoder.mid.attn_1.q.weight"
      );
      assertEquals(query?.shape, [32, 32, 1, 1]);
    }));

  it("may leave out the text encoder's prefix, and hold more than the model", () =>
    withFile(async (file, load) => {
      await changedFile(file, (tensors) => {
        tensors["model_ema.decay"] = { shape: [1], dtype: "F32", data: new Float32Array(1) };
        for (const name of Object.keys(tensors)) {
          if (!name.includes(".text_model.")) continue;
          tensors[name.replace(".text_model.", ".")] = tensors[name];
          delete tensors[name];
        }
      });
      await load();
    }));

  it("comes with its model's tokenizer, and without one with CLIP's", () =>
    withFile(async (file, load) => {
      const { tokenizer: own } = await load();
      assertEquals(own.data, (await loadStableDiffusion(pipeline)).tokenizer.data);
      // Rewritten as others write it, without this project's metadata.
      await changedFile(file, () => {});
      const { tokenizer } = await load();
      assertEquals(tokenizer.vocabSize, 49408);
      // As published with the original CLIP.
      const ids = [49406, 320, 1125, 539, 320, 2368, 49407, 49407];
      assertEquals(tokenizer.encode("a photo of a cat").slice(0, 8), ids);
      assertEquals(tokenizer.tokenize("Hello World!"), [3306, 1002, 256]);
    }));

  it("that lacks a tensor is refused by the tensor's name", () =>
    withFile(async (file, load) => {
      await changedFile(file, (tensors) => delete tensors["model.diffusion_model.out.2.bias"]);
      const { message } = await assertRejects(load, UserError);
      assertStringIncludes(message, "conv_out.bias");
    }));

  const others = {
    "Stable Diffusion 2": "cond_stage_model.model.ln_final.weight",
    "Stable Diffusion XL": "conditioner.embedders.0.transformer.text_model.final_layer_norm.bias",
    "low-rank adapters": "lora_unet_mid_block_attentions_0_proj_in.alpha",
    "a part of a model": "conv_in.weight",
  };
  for (const [what, name] of Object.entries(others)) {
    it(`of ${what} is refused as such`, () =>
      withFolder(async (folder) => {
        const file = join(folder, "other.safetensors");
        await writeSafetensors(file, {
          [name]: { shape: [1], dtype: "F32", data: new Float32Array(1) },
        });
        const { message } = await assertRejects(() => loadStableDiffusion(file), UserError);
        assertStringIncludes(message, what);
      }));
  }

  it("that is pickled is refused, not run", () =>
    withFolder(async (folder) => {
      const file = join(folder, "model.ckpt");
      await Deno.writeTextFile(file, "pickle");
      const { message } = await assertRejects(() => loadStableDiffusion(file), UserError);
      assertStringIncludes(message, "safetensors");
    }));
});
