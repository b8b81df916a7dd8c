"""Draws with diffusers what a request says, and writes the images, [n, h, w, 3] in 0 to 1.

Reads a JSON file: the base model's folder, the noise [n, c, h, w], steps and guidance scale, and by
name each image's model and prompt.
"""

import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from safetensors.numpy import save_file
from safetensors.torch import load_file


def pipeline(base, folder=None, lora=None, embedding=None, file=None, **_):
    if file:
        pipe = StableDiffusionPipeline.from_single_file(
            file, config=base, local_files_only=True, safety_checker=None
        )
    else:
        pipe = StableDiffusionPipeline.from_pretrained(folder or base)
    pipe.set_progress_bar_config(disable=True)
    if lora:
        pipe.load_lora_weights(lora)
    if embedding:
        pipe.load_textual_inversion(embedding)
    return pipe


def main(request_file, output):
    with open(request_file) as file:
        request = json.load(file)
    noise = load_file(request["noise"])["noise"]
    drawn = {}
    for name, case in request["cases"].items():
        pipe = pipeline(request["base"], **case)
        with torch.no_grad():
            images = pipe(
                prompt=[case["prompt"]] * len(noise),
                latents=noise,
                height=noise.shape[2] * pipe.vae_scale_factor,
                width=noise.shape[3] * pipe.vae_scale_factor,
                num_inference_steps=request["steps"],
                guidance_scale=request["guidanceScale"],
                output_type="np",
            ).images
        drawn[name] = np.ascontiguousarray(images)
    save_file(drawn, output)


main(*sys.argv[1:])
