"""Writes ../fixtures/captioner, as small as can be, in the layout that transformers.js reads.

Needs the packages numpy and onnx.

Its encoder takes the mean colour, its decoder says "a red field", "a green field" or "a blue field".
"""

import json
import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

TOKENS = ["<|endoftext|>", "a", "Ġred", "Ġgreen", "Ġblue", "Ġfield"]
COLOURS = [2, 3, 4]
END = 0

following = np.full((len(TOKENS), len(TOKENS)), -20, np.float32)
for token, successors in {END: [1], 1: COLOURS, **dict.fromkeys(COLOURS, [5]), 5: [END]}.items():
    following[token, successors] = 20
by_colour = np.zeros((3, len(TOKENS)), np.float32)
by_colour[range(3), COLOURS] = 1


def write(path, nodes, inputs, outputs, constants):
    graph = helper.make_graph(
        nodes,
        path.stem,
        inputs,
        outputs,
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    save(model, path)


def floats(name, shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def main(folder):
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    write(
        folder / "onnx" / "encoder_model.onnx",
        [
            helper.make_node("ReduceMean", ["pixel_values"], ["mean"], axes=[2, 3], keepdims=0),
            helper.make_node("Unsqueeze", ["mean", "one"], ["last_hidden_state"]),
        ],
        [floats("pixel_values", ["n", 3, "height", "width"])],
        [floats("last_hidden_state", ["n", 1, 3])],
        {"one": np.array([1], np.int64)},
    )
    write(
        folder / "onnx" / "decoder_model_merged.onnx",
        [
            helper.make_node("Gather", ["following", "input_ids"], ["expected"]),
            helper.make_node("MatMul", ["encoder_hidden_states", "by_colour"], ["seen"]),
            helper.make_node("Add", ["expected", "seen"], ["logits"]),
        ],
        [
            helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["n", "length"]),
            floats("encoder_hidden_states", ["n", 1, 3]),
        ],
        [floats("logits", ["n", "length", len(TOKENS)])],
        {"following": following, "by_colour": by_colour},
    )
    ends = {"bos_token_id": END, "eos_token_id": END, "pad_token_id": END}
    files = {
        "config.json": {
            "model_type": "vision-encoder-decoder",
            "architectures": ["VisionEncoderDecoderModel"],
            "is_encoder_decoder": True,
            "decoder_start_token_id": END,
            "encoder": {"model_type": "vit", "hidden_size": 3},
            "decoder": {
                "model_type": "gpt2",
                "vocab_size": len(TOKENS),
                "n_embd": 1,
                "n_head": 1,
                "n_layer": 1,
            },
            **ends,
        },
        "generation_config.json": {"decoder_start_token_id": END, **ends},
        "preprocessor_config.json": {
            "image_processor_type": "ViTImageProcessor",
            "do_resize": True,
            "size": {"height": 8, "width": 8},
            "do_normalize": True,
            "image_mean": [0.5, 0.5, 0.5],
            "image_std": [0.5, 0.5, 0.5],
        },
        "tokenizer_config.json": {
            "tokenizer_class": "GPT2Tokenizer",
            "eos_token": TOKENS[END],
            "bos_token": TOKENS[END],
        },
        "tokenizer.json": {
            "version": "1.0",
            "added_tokens": [{"id": END, "content": TOKENS[END], "special": True}],
            "normalizer": None,
            "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False},
            "post_processor": None,
            "decoder": {"type": "ByteLevel"},
            "model": {
                "type": "BPE",
                "vocab": {token: i for i, token in enumerate(TOKENS)},
                "merges": [],
            },
        },
    }
    for name, value in files.items():
        (folder / name).write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


main(Path(sys.argv[1]))
