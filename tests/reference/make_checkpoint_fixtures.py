"""Writes tests/fixtures/checkpoints: what real checkpoints are called, and a small Stable Diffusion 2.

names.json.gz holds the name and shape of every tensor in Stable Diffusion v1.4's and 2.1's networks, as
diffusers and transformers build them, and for v1.4 what each is called in the single file of the
original code, as diffusers' own conversion reads it.

sd2/ is a folder that diffusers saved: sharded, in half precision, with random weights. expected.safetensors
has what its networks answer to the inputs next to them.

    python tests/reference/make_checkpoint_fixtures.py    (tests/bench/reference/requirements.txt)
"""

import gzip
import json
import os
import re
import shutil
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from diffusers.loaders import single_file_utils
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel

FIXTURES = Path(__file__).parents[1] / "fixtures"
OUTPUT = FIXTURES / "checkpoints"

CROSS = {
    "down_block_types": ["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"],
    "up_block_types": ["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3,
}
VAE = {
    "block_out_channels": [128, 256, 512, 512],
    "down_block_types": ["DownEncoderBlock2D"] * 4,
    "up_block_types": ["UpDecoderBlock2D"] * 4,
    "layers_per_block": 2,
}
MODELS = {
    "v1.4": {
        "unet": {"block_out_channels": [320, 640, 1280, 1280], "cross_attention_dim": 768, **CROSS},
        "vae": VAE,
        "text_encoder": {
            "hidden_size": 768,
            "intermediate_size": 3072,
            "num_hidden_layers": 12,
            "num_attention_heads": 12,
            "vocab_size": 49408,
        },
    },
    "2.1": {
        "unet": {
            "block_out_channels": [320, 640, 1280, 1280],
            "cross_attention_dim": 1024,
            "attention_head_dim": [5, 10, 20, 20],
            "use_linear_projection": True,
            **CROSS,
        },
        "vae": VAE,
        "text_encoder": {
            "hidden_size": 1024,
            "intermediate_size": 4096,
            "num_hidden_layers": 23,
            "num_attention_heads": 16,
            "vocab_size": 49408,
            "hidden_act": "gelu",
        },
    },
}
CLASSES = {
    "unet": UNet2DConditionModel,
    "vae": AutoencoderKL,
    "text_encoder": lambda **config: CLIPTextModel(CLIPTextConfig(**config)),
}


def text_name(name):
    """transformers 5 leaves out the prefix that every released file has."""
    return name if name.startswith("text_model.") else f"text_model.{name}"


def shapes(part, config):
    with torch.device("meta"):
        network = CLASSES[part](**config)
    named = text_name if part == "text_encoder" else str
    return {named(name): list(tensor.shape) for name, tensor in network.state_dict().items()}


def both(names):
    return [f"{name}.{kind}" for name in names for kind in ("weight", "bias")]


def ldm_unet_names(tensors):
    """Anything that the original U-Net might have; the conversion then says what each one is."""
    residual = ["in_layers.0", "in_layers.2", "emb_layers.1", "out_layers.0", "out_layers.3", "skip_connection"]
    inside = {re.sub(r"^.*?\.attentions\.\d+\.", "", name) for name in tensors if ".attentions." in name}

    def block(name, attends):
        return both(f"{name}.0.{layer}" for layer in residual) + [f"{name}.1.{layer}" for layer in inside if attends]

    names = both(["time_embed.0", "time_embed.2", "input_blocks.0.0", "out.0", "out.2"])
    for i in range(1, 12):
        names += both([f"input_blocks.{i}.0.op"]) if i % 3 == 0 else block(f"input_blocks.{i}", i < 9)
    names += both(f"middle_block.{i}.{layer}" for i in (0, 2) for layer in residual)
    names += [f"middle_block.1.{layer}" for layer in inside]
    for i in range(12):
        names += block(f"output_blocks.{i}", i >= 3)
    names += both(["output_blocks.2.1.conv", "output_blocks.5.2.conv", "output_blocks.8.2.conv"])
    return names


def ldm_vae_names():
    residual = ["norm1", "conv1", "norm2", "conv2", "nin_shortcut"]
    names = ["quant_conv", "post_quant_conv"]
    for half, direction, layers in [("encoder", "down", 2), ("decoder", "up", 3)]:
        names += [f"{half}.{layer}" for layer in ("conv_in", "norm_out", "conv_out")]
        names += [f"{half}.mid.block_{i}.{layer}" for i in (1, 2) for layer in residual]
        names += [f"{half}.mid.attn_1.{layer}" for layer in ("norm", "q", "k", "v", "proj_out")]
        for level in range(4):
            names += [f"{half}.{direction}.{level}.block.{i}.{layer}" for i in range(layers) for layer in residual]
            names += [f"{half}.{direction}.{level}.{direction}sample.conv"]
    return both(names)


def single_file_names(tensors):
    """What each of v1.4's tensors is called in the original file, by diffusers' conversion of it."""
    names = {
        "unet": [f"model.diffusion_model.{name}" for name in ldm_unet_names(tensors["unet"])],
        "vae": [f"first_stage_model.{name}" for name in ldm_vae_names()],
        "text_encoder": [f"cond_stage_model.transformer.{name}" for name in tensors["text_encoder"]],
    }
    every = [name for part in names.values() for name in part]

    def numbered(name, index):
        attention = re.search(r"\.attn_1\.(q|k|v|proj_out)\.weight$", name)
        return torch.full((1, 1, 1, 1) if attention else (1, 1), index)

    checkpoint = {name: numbered(name, index) for index, name in enumerate(every)}
    converted = {
        "unet": single_file_utils.convert_ldm_unet_checkpoint(checkpoint, {"layers_per_block": 2}),
        "vae": single_file_utils.convert_ldm_vae_checkpoint(checkpoint, VAE),
        "text_encoder": single_file_utils.convert_ldm_clip_checkpoint(checkpoint),
    }
    found = {}
    for part, wanted in tensors.items():
        sources = {name: every[int(number.flatten()[0])] for name, number in converted[part].items()}
        found[part] = {name: sources[name] for name in wanted}
        assert len(set(found[part].values())) == len(wanted), part
    return found


def write_names():
    tensors = {
        model: {part: shapes(part, config) for part, config in parts.items()} for model, parts in MODELS.items()
    }
    names = {"configs": MODELS, "tensors": tensors, "singleFile": single_file_names(tensors["v1.4"])}
    text = json.dumps(names, separators=(",", ":"), sort_keys=True).encode()
    (OUTPUT / "names.json.gz").write_bytes(gzip.compress(text, 9, mtime=0))


def perturbed(network):
    """Half-precision weights none of which has the value that a missing one might be taken to have."""
    for tensor in network.state_dict().values():
        if tensor.is_floating_point():
            tensor.add_(0.1 * torch.randn_like(tensor)).copy_(tensor.half())
    return network.eval()


def write_sd2():
    torch.manual_seed(0)
    folder = OUTPUT / "sd2"
    unet = perturbed(
        UNet2DConditionModel(
            sample_size=8,
            block_out_channels=[8, 16],
            down_block_types=["CrossAttnDownBlock2D", "DownBlock2D"],
            up_block_types=["UpBlock2D", "CrossAttnUpBlock2D"],
            layers_per_block=1,
            attention_head_dim=[1, 2],
            cross_attention_dim=16,
            norm_num_groups=4,
            use_linear_projection=True,
            upcast_attention=True,
        )
    )
    text_encoder = perturbed(
        CLIPTextModel(
            CLIPTextConfig(
                hidden_size=16,
                intermediate_size=32,
                num_hidden_layers=2,
                num_attention_heads=2,
                vocab_size=600,
                hidden_act="gelu",
                max_position_embeddings=16,
                bos_token_id=0,
                eos_token_id=2,
            )
        )
    )
    vae = perturbed(
        AutoencoderKL(
            block_out_channels=[4, 8],
            down_block_types=["DownEncoderBlock2D"] * 2,
            up_block_types=["UpDecoderBlock2D"] * 2,
            norm_num_groups=4,
            sample_size=16,
        )
    )
    ids = torch.tensor([[0, 5, 6, 599, 599, 1]])
    context = text_encoder(ids).last_hidden_state
    latents, timesteps = torch.randn(1, 4, 8, 8), torch.tensor([701])
    images = torch.rand(1, 3, 16, 16) * 2 - 1
    expected = {
        "ids": ids.int(),
        "context": context,
        "latents": latents,
        "timesteps": timesteps.int(),
        "velocity": unet(latents, timesteps, context).sample,
        "images": images,
        "mean": vae.encode(images).latent_dist.mean,
        "decoded": vae.decode(latents).sample,
    }
    for name, network in {"unet": unet, "text_encoder": text_encoder, "vae": vae}.items():
        options = {} if name == "text_encoder" else {"variant": "fp16"}
        network.half().save_pretrained(folder / name, max_shard_size="48KB", **options)
    DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
    ).save_pretrained(folder / "scheduler")
    shutil.copytree(FIXTURES / "pipeline" / "tokenizer", folder / "tokenizer")
    save_file({name: tensor.contiguous() for name, tensor in expected.items()}, folder / "expected.safetensors")


with torch.inference_mode():
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir(parents=True)
    write_names()
    write_sd2()
