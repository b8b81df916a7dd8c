/** What a step shows: which shots, through which transforms, and under which captions. */
import { createStreams, type Image, resizeAndRandomCrop, type Streams } from "../data/mod.ts";
import { captionDrawer, type CaptionPart, captionTemplates, templates } from "./captions.ts";
import type { Captioned, MethodContext, Shots } from "./method.ts";
import { placed } from "./placement.ts";
import { releasedProbability } from "./transforms.ts";

/** The shots as they are, each under its own caption: "a red apple in flat design style". */
export const plainCaptions: readonly CaptionPart[] = [templates([captionTemplates[1]])];

/** A shot as a step shows it. */
export type Shown = Captioned & { shot: number };

type ShowShots = (streams: Streams, batchSize: number) => Shown[];

/**
 * Looks up what showings of shots are made of, once.
 *
 * Which shots a step shows comes from the stream "order", how images are transformed from "transforms",
 * how they are placed from "placement", where they are cropped from "crops", and their captions from
 * "captions": each sample has a fork of its own, so that none of these draws depends on another.
 *
 * @throws UserError if captions are to be retrieved and there is no corpus
 */
export async function prepareShots(
  {
    transforms = [],
    probability = releasedProbability,
    captions = plainCaptions,
    placement,
    variants,
  }: Shots,
  { model, shots, styleWords, captionIndex }: MethodContext,
): Promise<ShowShots> {
  const size = model.imageSize();
  const drawCaption = await captionDrawer(captions, {
    captions: shots.map(({ caption }) => caption),
    styleWords,
    captionIndex,
  });
  const show: ShowShots = (streams, batchSize) =>
    drawShots(shots.length, batchSize, streams).map((shot, i) => {
      const drawn = streams.at("transforms").fork(`${i}`);
      const transform = transforms.length > 0 && drawn.next() < probability
        ? drawn.choice(transforms)
        : undefined;
      const original: Image = shots[shot].image;
      const image = transform?.apply(original, drawn.fork(transform.name)) ?? original;
      // Before it is resized, so that its lines stay sharp.
      const moved = placement
        ? placed(image, placement, streams.at("placement").fork(`${i}`))
        : image;
      return {
        shot,
        image: resizeAndRandomCrop(moved, size, streams.at("crops").fork(`${i}`)),
        caption: drawCaption(shot, streams.at("captions").fork(`${i}`), transform),
      };
    });
  return variants === undefined ? show : showVariants(show, shots.length, variants);
}

/** Each shot in a few variants, made once, as common training scripts cache latents and embeddings. */
function showVariants(show: ShowShots, count: number, variants: number): ShowShots {
  const all = Array.from(
    { length: variants },
    (_, i) =>
      show(createStreams("variants", i), count)
        .map((shown) => ({ ...shown, key: `${shown.shot} ${i}` })),
  ).flat();
  const variantsOf = Map.groupBy(all, ({ shot }) => shot);
  return (streams, batchSize) =>
    drawShots(count, batchSize, streams).map((shot, i) =>
      streams.at("variants").fork(`${i}`).choice(variantsOf.get(shot)!)
    );
}

/**
 * The shots of a step: every epoch shows each shot once, in an order of its own. Batches run on from one
 * epoch into the next, so all are full.
 *
 * @returns `batchSize` indices below `count`
 */
export function drawShots(count: number, batchSize: number, { step, at }: Streams): number[] {
  const shots = Array.from({ length: count }, (_, shot) => shot);
  return Array.from({ length: batchSize }, (_, i) => {
    const shown = step * batchSize + i;
    return at("order", Math.floor(shown / count)).shuffle(shots)[shown % count];
  });
}

/** Whether an epoch begins in a step. */
export function beginsEpoch(
  { step, batchSize, shots }: { step: number; batchSize: number; shots: number },
): boolean {
  return Math.ceil(step * batchSize / shots) * shots < (step + 1) * batchSize;
}
