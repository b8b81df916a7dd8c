"""Measures one piece of work with PyTorch and diffusers, in a process of its own.

Reads the work as JSON and the budget in seconds, and writes a measurement as JSON; the fields are
those of ../cases.ts and ../record.ts.
"""

import json
import os
import sys
import time

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import diffusers
import torch
import torch.nn.functional as F
import transformers
from diffusers import AutoencoderKL, DDIMScheduler, DDPMScheduler, UNet2DConditionModel

FORMATS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
WARMUP = 2


class LapTimer:
    """As lapTimer in ../lap_timer.ts: first time, warm-up, then until the budget is spent."""

    def __init__(self, budget, laps=None):
        self.budget, self.least, self.last = budget, laps, time.perf_counter()
        self.laps, self.resident = [], []

    def lap(self):
        now = time.perf_counter()
        self.laps.append(now - self.last)
        self.last = now
        counted = self.laps[1 + WARMUP :]
        if not counted:
            return True
        if self.least:
            self.resident.append(memory("VmRSS"))
        return len(counted) < (self.least or 2) or (
            sum(counted) < self.budget and len(counted) < 1000
        )


def repeatedly(timer, step):
    while True:
        step()
        if not timer.lap():
            return


def fastest_format(modules, step):
    """Leaves the modules in the memory format in which the step is faster, and names it."""
    times = {}
    for name, memory_format in FORMATS.items():
        for module in modules:
            module.to(memory_format=memory_format)
        step(memory_format)
        begun = time.perf_counter()
        step(memory_format)
        times[name] = time.perf_counter() - begun
    best = min(times, key=times.get)
    for module in modules:
        module.to(memory_format=FORMATS[best])
    return best


def precision_of(work):
    return torch.autocast("cpu", torch.bfloat16, enabled=work["precision"] == "bfloat16")


def load_unet(folder):
    return UNet2DConditionModel.from_pretrained(
        os.path.join(folder, "unet"), torch_dtype=torch.float32, low_cpu_mem_usage=True
    )


def train(unet, loss_of, timer):
    optimizer = torch.optim.AdamW(unet.parameters(), lr=1e-5, fused=True)

    def step():
        loss = loss_of()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(unet.parameters(), 1)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        loss.item()

    repeatedly(timer, step)
    return timer


def training_step(work, compiled):
    unet = load_unet(work["folder"]).train()
    scheduler = DDPMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False
    )
    n, size, width = work["batch"], work["size"], unet.config.cross_attention_dim

    def loss_of(model, memory_format):
        latents = torch.randn(n, 4, size, size).contiguous(memory_format=memory_format)
        noise = torch.randn_like(latents)
        timesteps = torch.randint(0, 1000, (n,))
        context = torch.randn(n, work["tokens"], width)
        noisy = scheduler.add_noise(latents, noise, timesteps)
        with precision_of(work):
            predicted = model(noisy, timesteps, context).sample
        return F.mse_loss(predicted.float(), noise)

    def run(timer_of):
        def trial(memory_format):
            loss_of(unet, memory_format).backward()
            unet.zero_grad(set_to_none=True)

        choice = fastest_format([unet], trial)
        model = torch.compile(unet) if compiled else unet

        return train(unet, lambda: loss_of(model, FORMATS[choice]), timer_of()), choice

    return run


def loading(work, compiled):
    unet = load_unet(work["folder"])

    def load_and_sum():
        nonlocal unet
        unet = None
        unet = load_unet(work["folder"])
        with torch.inference_mode():
            for parameter in unet.parameters():
                parameter.sum().item()

    def run(timer_of):
        timer = timer_of()
        repeatedly(timer, load_and_sum)
        return timer, None

    return run


def content_loss_step(work, compiled):
    folder = work["folder"]
    unet = load_unet(folder).train()
    vae = AutoencoderKL.from_pretrained(os.path.join(folder, "vae")).float().requires_grad_(False)
    clip = transformers.CLIPModel.from_pretrained(os.path.join(folder, "guide")).float()
    clip.requires_grad_(False)
    scheduler = DDIMScheduler.from_pretrained(os.path.join(folder, "scheduler"), timestep_spacing="leading")
    scheduler.set_timesteps(work["steps"])
    size, width = unet.config.sample_size, unet.config.cross_attention_dim
    contexts = torch.randn(2, 24, width)
    target = F.normalize(torch.randn(1, clip.config.projection_dim), dim=1)
    mean = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(1, 3, 1, 1)
    std = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(1, 3, 1, 1)

    def guided(x, t):
        negative, positive = unet(torch.cat([x, x]), t, contexts).sample.chunk(2)
        return negative + 7.5 * (positive - negative)

    def loss_of(memory_format):
        x = torch.randn(1, 4, size, size).contiguous(memory_format=memory_format)
        *first, last = scheduler.timesteps
        with torch.no_grad():
            for t in first:
                x = scheduler.step(guided(x, t), t, x).prev_sample
        x0 = scheduler.step(guided(x, last), last, x).pred_original_sample
        image = (vae.decode(x0 / vae.config.scaling_factor).sample / 2 + 0.5).clamp(0, 1)
        side = clip.config.vision_config.image_size
        if image.shape[-1] != side:
            image = F.interpolate(image, (side, side), mode="bicubic", antialias=True)
        seen = clip.visual_projection(clip.vision_model((image - mean) / std).pooler_output)
        return 1 - (F.normalize(seen, dim=1) * target).sum(1).mean()

    def run(timer_of):
        def lossy(memory_format):
            with precision_of(work):
                return loss_of(memory_format)

        def trial(memory_format):
            lossy(memory_format).backward()
            unet.zero_grad(set_to_none=True)

        choice = fastest_format([unet, vae], trial)

        return train(unet, lambda: lossy(FORMATS[choice]), timer_of()), choice

    return run


def sampling(work, compiled):
    pipeline = diffusers.StableDiffusionPipeline.from_pretrained(
        work["folder"], torch_dtype=torch.float32, safety_checker=None
    )
    pipeline.scheduler = diffusers.DPMSolverMultistepScheduler.from_config(pipeline.scheduler.config)
    pipeline.set_progress_bar_config(disable=True)
    prompts = ["a red apple in noto style"] * work["images"]

    def draw(steps):
        with precision_of(work):
            pipeline(prompts, num_inference_steps=steps, guidance_scale=4, output_type="np")

    def run(timer_of):
        choice = fastest_format([pipeline.unet, pipeline.vae], lambda _: draw(5))
        timer = timer_of()
        repeatedly(timer, lambda: draw(work["steps"]))
        return timer, choice

    return run


def decoding(work, compiled):
    vae = AutoencoderKL.from_pretrained(os.path.join(work["folder"], "vae")).float()
    size = work["size"]
    latents = torch.randn(work["batch"], vae.config.latent_channels, size, size)

    @torch.inference_mode()
    def decode(memory_format):
        with precision_of(work):
            pixels = vae.decode(latents.contiguous(memory_format=memory_format)).sample
        pixels.float().numpy()

    def run(timer_of):
        choice = fastest_format([vae], decode)
        timer = timer_of()
        repeatedly(timer, lambda: decode(FORMATS[choice]))
        return timer, choice

    return run


def scoring(work, compiled):
    from PIL import Image

    clip = transformers.CLIPModel.from_pretrained(work["folder"]).float()
    processor = transformers.CLIPImageProcessor.from_pretrained(work["folder"])
    tokenizer = transformers.CLIPTokenizer.from_pretrained(work["folder"])
    side = clip.config.vision_config.image_size
    n = work["images"]
    images = [Image.new("RGB", (side, side), (i % 256, 128, 255 - i % 256)) for i in range(n)]
    texts = [f"a red apple, {i}" for i in range(n)]
    length = clip.config.text_config.max_position_embeddings

    @torch.inference_mode()
    def score():
        seen, read = [], []
        for first in range(0, n, 64):
            pixels = processor(images[first : first + 64], return_tensors="pt")
            ids = tokenizer(
                texts[first : first + 64],
                padding="max_length",
                max_length=length,
                truncation=True,
                return_tensors="pt",
            ).input_ids
            seen.append(clip.visual_projection(clip.vision_model(**pixels).pooler_output))
            read.append(clip.text_projection(clip.text_model(ids).pooler_output))
        a, b = F.normalize(torch.cat(seen), dim=1), F.normalize(torch.cat(read), dim=1)
        return 100 * (a * b).sum(1).clamp(min=0).mean().item()

    def run(timer_of):
        timer = timer_of()
        repeatedly(timer, score)
        return timer, None

    return run


def matrix_product(work, compiled):
    dtype = getattr(torch, work["precision"])
    a, b = (torch.full((work["size"], work["size"]), x) for x in (0.5, 0.25))
    return computing(lambda: torch.mm(a.to(dtype), b.to(dtype)).float())


def addition(work, compiled):
    a, b = (torch.full((work["length"],), x) for x in (0.5, 0.25))
    return computing(lambda: a + b)


def computing(compute):
    def run(timer_of):
        timer = timer_of()
        with torch.inference_mode():
            repeatedly(timer, compute)
        return timer, None

    return run


KINDS = {
    "training step": training_step,
    "loading": loading,
    "content-loss step": content_loss_step,
    "sampling": sampling,
    "decoding": decoding,
    "scoring": scoring,
    "matrix product": matrix_product,
    "addition": addition,
}


def memory(field):
    """VmHWM is this program's own peak; getrusage's includes its parent's before it started."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(field))


def main():
    work, timing = json.loads(sys.argv[1]), json.loads(sys.argv[2])
    torch.set_num_threads(os.cpu_count())
    torch.manual_seed(0)
    begun = time.perf_counter()
    run = KINDS[work["kind"]](work, compiled="--compile" in sys.argv)
    load_seconds = time.perf_counter() - begun
    loaded_memory = memory("VmHWM")
    timer, choice = run(lambda: LapTimer(**timing))
    print(
        json.dumps(
            {
                "loadSeconds": load_seconds,
                "firstSeconds": timer.laps[0],
                "seconds": timer.laps[1 + WARMUP :],
                "peakMemoryBytes": memory("VmHWM"),
                "loadedMemoryBytes": loaded_memory,
                "threads": torch.get_num_threads(),
                "versions": {
                    "torch": torch.__version__,
                    "diffusers": diffusers.__version__,
                    "transformers": transformers.__version__,
                },
                **({"residentBytes": timer.resident} if timer.resident else {}),
                **({"choice": choice} if choice else {}),
            }
        )
    )


main()
