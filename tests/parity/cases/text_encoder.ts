import { join } from "node:path";
import { tf } from "specialist/internal/tensor/mod.ts";
import { clipText, layerNorm, loadStableDiffusion } from "specialist/models";
import { outputOf, tensorOf } from "../../tensors.ts";
import type { Outputs, ParityCase } from "../parity_case.ts";

/** The states of the text tower, at two lengths of text. */
export const textEncoder: ParityCase = async ({ folder, config, inputs, expected }) => {
  const { textEncoder } = await loadStableDiffusion(join(folder, config.model_dir, ".."));
  const encode = (name: string) =>
    clipText(textEncoder.params, textEncoder.config, tensorOf(inputs[name]));
  const full = encode("input_ids"), short = encode("short/input_ids");
  const outputs: Outputs = {
    last_hidden_state: outputOf(full.lastHiddenState),
    pooler_output: outputOf(full.pooled),
    "short/last_hidden_state": outputOf(short.lastHiddenState),
    "short/pooler_output": outputOf(short.pooled),
  };
  const rows = expected.find(({ output }) => output === "hidden_states/0")!.shape[0];
  const first = (states: typeof full.pooled) =>
    tf.slice(states, [0, 0, 0], [rows, ...states.shape.slice(1)]);
  full.hiddenStates.forEach((states, i) => {
    outputs[`hidden_states/${i}`] = outputOf(first(states));
  });
  const { hidden_size, layer_norm_eps } = textEncoder.config;
  const finalNorm = layerNorm("text_model.final_layer_norm", hidden_size, layer_norm_eps);
  outputs.penultimate_final_ln = outputOf(
    finalNorm(textEncoder.params, first(full.hiddenStates.at(-2)!)),
  );
  return outputs;
};
