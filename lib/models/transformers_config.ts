const floats = [
  ...["attention_dropout", "dropout", "initializer_factor", "initializer_range", "layer_norm_eps"],
  "logit_scale_init_value",
];
const wholeFloat = new RegExp(`^(\\s*"(?:${floats.join("|")})": -?\\d+)(?=,?$)`, "gm");

/** A config.json for transformers, which refuses 1 where a field of CLIP's is to be 1.0. */
export function transformersConfig(config: object): string {
  return JSON.stringify(config, null, 2).replace(wholeFloat, "$1.0");
}
