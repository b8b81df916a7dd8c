/** A shot as one step shows it, in the two ways of the paper's comparison: plain, and augmented. */
import type { Image } from "../images/mod.ts";
import type { Random } from "../random/mod.ts";
import {
  augment,
  type AugmentationConfig,
  captionAugmentation,
  type CaptionsConfig,
  resizeAndRandomCrop,
  stylePrompt,
} from "../specialist/mod.ts";
import { pictureSize } from "../training/mod.ts";
import { drawShots, type Showing } from "./epochs.ts";
import type { MethodContext } from "./method.ts";

/** A picture of the model's size, and its whole caption. */
export type Shown = { image: Image; caption: string; shot: number };

export type ShowShots = (showing: Showing, random: Random) => Shown[];

export function captionsOf(shown: readonly Pick<Shown, "caption">[]): string[] {
  return shown.map(({ caption }) => caption);
}

/** Each shot under its own caption, "a red apple in flat design style", cropped anywhere. */
export function plainShots({ model, shots, styleWords }: MethodContext): ShowShots {
  const size = pictureSize(model);
  return (showing, random) =>
    drawShots(shots.length, showing, random).map((shot) => {
      const { image, caption: item } = shots[shot];
      return {
        shot,
        image: resizeAndRandomCrop(image, size, random),
        caption: stylePrompt(item, styleWords),
      };
    });
}

/**
 * The paper's text-to-image augmentation: transformed pictures that say so, captions in other words.
 *
 * @throws UserError if captions are to be retrieved and there is no corpus
 */
export async function augmentedShots(
  { augmentation, captions }: { augmentation: AugmentationConfig; captions: CaptionsConfig },
  { model, shots, styleWords, captionIndex }: MethodContext,
): Promise<ShowShots> {
  const size = pictureSize(model);
  const drawCaption = await captionAugmentation(captions, {
    captions: shots.map(({ caption }) => caption),
    style: styleWords,
    index: captionIndex,
  });
  return (showing, random) =>
    drawShots(shots.length, showing, random).map((shot) => {
      const { image, captionSuffix } = augment(shots[shot].image, augmentation, random);
      return {
        shot,
        image: resizeAndRandomCrop(image, size, random),
        caption: drawCaption(shot, captionSuffix, random),
      };
    });
}
