/** Whether judges see what they are to see: on drawings of concepts by designers, some held out. */
import { mean } from "simple-statistics";
import { meanDirection } from "specialist/evaluation";

/** What judges say of a split's drawings; all embeddings have length 1. */
export type Judged = {
  concepts: { id: string; text: Float32Array }[];
  drawings: JudgedDrawing[];
  shots: Pick<JudgedDrawing, "set" | "style">[];
};

export type JudgedDrawing = {
  concept: string;
  set: string;
  content: Float32Array;
  style: Float32Array;
};

/** Shares of right answers, from 0 to 1. */
export type Validity = {
  /** The drawing's caption is the nearest of all concepts' captions, or among the five nearest. */
  captionTop1: number;
  captionTop5: number;
  /** The nearest drawing of another concept, by all designers, is by the same designer. */
  styleNeighbour: number;
  /** The nearest drawing by another designer, of all concepts, shows the same concept. */
  conceptNeighbour: number;
  /**
   * The drawing is preferred to one of the right concept in a wrong style and to one in the right style of
   * a wrong concept, asked for its caption in the style of its designer's shots.
   */
  triples: number;
};

/** By designer, each of whose drawings is asked about. */
export function validityOf(judged: Judged, set: string): Validity {
  const own = judged.drawings.filter((drawing) => drawing.set === set);
  const ranks = own.map((drawing) => captionRank(judged, drawing));
  return {
    captionTop1: mean(ranks.map((rank) => Number(rank < 1))),
    captionTop5: mean(ranks.map((rank) => Number(rank < 5))),
    styleNeighbour: mean(own.map((drawing) => {
      const others = judged.drawings.filter(({ concept }) => concept !== drawing.concept);
      return Number(nearest(drawing, others, "style").set === set);
    })),
    conceptNeighbour: mean(
      own.filter(({ concept }) =>
        judged.drawings.some((other) => other.concept === concept && other.set !== set)
      ).map((drawing) => {
        const others = judged.drawings.filter((other) => other.set !== set);
        return Number(nearest(drawing, others, "content").concept === drawing.concept);
      }),
    ),
    triples: mean(own.map((drawing) => tripleShare(judged, drawing, own))),
  };
}

/** How many captions are nearer than the drawing's own. */
function captionRank({ concepts }: Judged, { concept, content }: JudgedDrawing): number {
  const own = dot(content, concepts.find(({ id }) => id === concept)!.text);
  return concepts.filter(({ text }) => dot(content, text) > own).length;
}

function nearest(
  drawing: JudgedDrawing,
  others: readonly JudgedDrawing[],
  by: "content" | "style",
): JudgedDrawing {
  let best = others[0], highest = -Infinity;
  for (const other of others) {
    const value = dot(drawing[by], other[by]);
    if (value > highest) [best, highest] = [other, value];
  }
  return best;
}

/** The share of all pairs of a wrong style and a wrong concept that the drawing beats. */
function tripleShare(
  { concepts, drawings, shots }: Judged,
  drawing: JudgedDrawing,
  own: readonly JudgedDrawing[],
): number {
  const { text } = concepts.find(({ id }) => id === drawing.concept)!;
  const prototype = meanDirection(
    shots.filter(({ set }) => set === drawing.set).map(({ style }) => style),
  );
  const agreement = ({ content, style }: JudgedDrawing) =>
    dot(content, text) + dot(style, prototype);
  const value = agreement(drawing);
  const beaten = (rivals: readonly JudgedDrawing[]) =>
    rivals.length === 0 ? 1 : mean(rivals.map((rival) => Number(agreement(rival) < value)));
  return beaten(
    drawings.filter(({ concept, set }) => concept === drawing.concept && set !== drawing.set),
  ) * beaten(own.filter(({ concept }) => concept !== drawing.concept));
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
