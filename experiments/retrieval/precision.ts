/** What caption retrieval gives for shots: how much of it is true, and in other words. */
import { mean } from "simple-statistics";
import { type CaptionIndex, retrieveCaptions } from "specialist/specialist";

/** A concept, its caption, and the captions retrieved for it. */
export type ShotRetrieval = {
  concept: string;
  caption: string;
  retrieved: RetrievedCaption[];
};

export type RetrievedCaption = {
  caption: string;
  /** Whether it is a caption or paraphrase of the same concept. */
  isTrue: boolean;
  /** Whether it is more than the shot's caption with a keyword. */
  isOther: boolean;
};

/** Which captions are retrieved. */
export type RetrievalSetting = { threshold: number; limit?: number };

/** Means over shots, of what one setting retrieves. */
export type RetrievalSummary = RetrievalSetting & {
  /** Retrieved captions per shot, besides its own. */
  captions: number;
  /** Share of true ones among all retrieved captions; none where nothing is retrieved. */
  precision?: number;
  /** Share of all retrieved captions that say something else than the caption with a keyword. */
  other?: number;
  /** Share of true ones among these. */
  otherPrecision?: number;
  /** Share of shots with at least two true captions besides their own. */
  twoTrue: number;
  /** Share of shots with at least two true captions in other words. */
  twoOther: number;
  /** When every choice is equally likely: share of showings with a wrong caption. */
  wrongShowings: number;
  /** When every choice is equally likely: share of showings with a true caption in other words. */
  otherShowings: number;
};

/**
 * Retrieves captions for each shot.
 *
 * @param corpus captions with the ids of the concepts that they are true of
 */
export async function measureRetrieval(
  shots: readonly { id: string; caption: string }[],
  { index, corpus }: { index: CaptionIndex; corpus: ReadonlyMap<string, readonly string[]> },
  setting: RetrievalSetting,
): Promise<ShotRetrieval[]> {
  const lists = await retrieveCaptions(shots.map(({ caption }) => caption), index, setting);
  return shots.map(({ id, caption: own }, i) => ({
    concept: id,
    caption: own,
    retrieved: lists[i].slice(1).map((caption) => ({
      caption,
      isTrue: corpus.get(caption)?.includes(id) ?? false,
      isOther: !caption.startsWith(`${own}, `),
    })),
  }));
}

export function summariseRetrieval(
  setting: RetrievalSetting,
  shots: readonly ShotRetrieval[],
): RetrievalSummary {
  const all = shots.flatMap(({ retrieved }) => retrieved);
  const others = all.filter(({ isOther }) => isOther);
  const withTwo = (isCounted: (caption: RetrievedCaption) => boolean) =>
    mean(shots.map(({ retrieved }) => Number(retrieved.filter(isCounted).length >= 2)));
  // A shot's own caption is one of the choices.
  const showings = (isCounted: (caption: RetrievedCaption) => boolean) =>
    mean(shots.map(({ retrieved }) => retrieved.filter(isCounted).length / (retrieved.length + 1)));
  const isTrue = ({ isTrue }: RetrievedCaption) => isTrue;
  const isTrueOther = ({ isTrue, isOther }: RetrievedCaption) => isTrue && isOther;
  return {
    ...setting,
    captions: all.length / shots.length,
    precision: shareOf(all, isTrue),
    other: shareOf(all, ({ isOther }) => isOther),
    otherPrecision: shareOf(others, isTrue),
    twoTrue: withTwo(isTrue),
    twoOther: withTwo(isTrueOther),
    wrongShowings: showings(({ isTrue }) => !isTrue),
    otherShowings: showings(isTrueOther),
  };
}

function shareOf<T>(items: readonly T[], isCounted: (item: T) => boolean): number | undefined {
  return items.length === 0 ? undefined : items.filter(isCounted).length / items.length;
}
