/** Small summaries of the study's stages, with effects that are known. */
import { cells } from "experiments/study/parts.ts";
import type { PartName } from "experiments/study/setting.ts";
import type { Summary, SummaryRun } from "experiments/tables/mod.ts";
import { createRandom } from "specialist/data";

const styles = ["fluent-emoji-flat", "fluent-emoji-high-contrast", "openmoji"];
const concepts = Array.from({ length: 24 }, (_, i) => `concept-${i}`);
const curveConcepts = concepts.slice(0, 6);
export const backend = "TensorFlow on CPU, 1 thread";

/** What a run comes to on average; what is missing is zero. */
export type Level = {
  likeness?: number;
  content?: number;
  /** On paraphrases, besides what content has. */
  paraphrase?: number;
  gap?: number;
  nearest?: number;
  /** Held-out loss at each step of the curves. */
  heldOut?: [step: number, loss: number][];
};

type Place = { label: string; style: string; shots: number; seed: number };

/** Small noise of blocks and concepts around a level. */
function run(place: Place, level: Level): SummaryRun {
  const { label, style, seed } = place;
  const noise = (name: string, spread: number, count = concepts.length) => {
    const random = createRandom(`${label} ${style} ${seed} ${name}`);
    return Array.from({ length: count }, () => spread * random.normal());
  };
  const values = (name: string, base: number, spread: number) =>
    noise(name, spread).map((value) => base + value);
  const likeness = 0.6 + (level.likeness ?? 0);
  const content = 60 + (level.content ?? 0);
  const [gapNoise] = noise("gap", 0.0005, 1);
  const heldOut = (level.heldOut ?? [[0, 0.1], [100, 0.09]])
    .map(([step, value]) => ({ step, value }));
  const curve = (value: number) => heldOut.map(({ step }) => ({ step, value }));
  const kind = (shift: number) => ({
    concepts,
    scores: {
      truth: values("kind truth", likeness - 0.1, 0.002),
      content: values("kind content", content - 10 + shift, 0.1),
      style: values("kind style", 0.7, 0.002),
    },
  });
  return {
    ...place,
    id: `${label} ${style} ${seed}`.replaceAll(/\W+/g, "-"),
    backend,
    concepts: {
      truth: values("truth", likeness, 0.002),
      content: values("content", content, 0.1),
      style: values("style", 0.8, 0.002),
      nearestShot: values("nearest", 0.5 + (level.nearest ?? 0), 0.002),
    },
    set: { kid: 0.1 },
    drift: noise("drift", 0.001, curveConcepts.length).map((value) => 0.2 + value),
    kinds: { template: kind(0), paraphrase: kind(level.paraphrase ?? 0) },
    curves: {
      heldOut,
      shots: heldOut.map(({ step, value }, i) => ({
        step,
        value: i === heldOut.length - 1 ? value - 0.02 - (level.gap ?? 0) - gapNoise : value,
      })),
      truth: curve(likeness),
      clipScore: curve(content).map((point) => ({ ...point, low: 0, high: 100 })),
      nearestShot: curve(0.5 + (level.nearest ?? 0)),
      seconds: curve(1),
    },
  };
}

type Row = { label: string; shots: number; level: Level | ((style: string) => Level) };

/**
 * A stage's summary: its rows in every style and set of shots, and the designers' drawings with content
 * of 62 and likeness of 0.5 to the nearest shot.
 */
export function stageSummary(
  name: string,
  rows: readonly Row[],
  { steps = 1000, sets = 4, within = styles }: {
    steps?: number;
    sets?: number;
    within?: readonly string[];
  } = {},
): Summary {
  const drawings = "true drawings";
  const blocks = within.flatMap((style) =>
    Array.from({ length: sets }, (_, set) => ({
      style,
      seed: 10 * styles.indexOf(style) + set + 1,
    }))
  );
  const config = { training: { steps } };
  const known = new Set<string>();
  const drawn = rows.flatMap(({ shots }) =>
    blocks.flatMap((block) => {
      const place = `${block.style} ${block.seed} ${shots}`;
      if (known.has(place)) return [];
      known.add(place);
      const { kinds: _, curves: _c, drift: _d, ...scored } = run(
        { label: drawings, shots, ...block },
        { content: 2 },
      );
      return [scored];
    })
  );
  return {
    name,
    title: name,
    reference: rows[0].label,
    drawings,
    format: 1,
    provenance: {
      versions: ["specialist 0.1.0"],
      backends: [backend],
      commits: ["c".repeat(40)],
      models: ["a".repeat(64)],
      finished: { first: "2026-01-01T00:00:00.000Z", last: "2026-01-02T00:00:00.000Z" },
    },
    concepts,
    driftConcepts: curveConcepts,
    rows: [...rows.map(({ label }) => ({ label, config })), { label: drawings }],
    runs: [
      ...rows.flatMap(({ label, shots, level }) =>
        blocks.map((block) =>
          run(
            { label, shots, ...block },
            typeof level === "function" ? level(block.style) : level,
          )
        )
      ),
      ...drawn,
    ],
  };
}

/** Stage 1 where each part that is on adds its effects. */
export function partsSummary(
  effects: Partial<Record<PartName, Level>>,
  { shots = 2, steps = 1000 } = {},
): Summary {
  const rows = Object.entries(cells).map(([label, chosen]) => ({
    label,
    shots,
    level: chosen.reduce<Level>((sum, part) => {
      const added = effects[part] ?? {};
      return {
        likeness: (sum.likeness ?? 0) + (added.likeness ?? 0),
        content: (sum.content ?? 0) + (added.content ?? 0),
        paraphrase: (sum.paraphrase ?? 0) + (added.paraphrase ?? 0),
        gap: (sum.gap ?? 0) + (added.gap ?? 0),
      };
    }, { gap: 0.05 }),
  }));
  return stageSummary("parts", rows, { steps });
}

/** Stage 0, where plain fine-tuning's held-out loss rises by `rise` from step 40 to step 200. */
export function gateSummary(rises: Record<number, number>, nearest: number): Summary {
  const rows = Object.entries(rises).flatMap(([shots, rise]) =>
    ["full method", "none of the parts"].flatMap((method) =>
      [1e-4, 4e-4].map((peak) => ({
        label: `${method} · ${shots} shot${shots === "1" ? "" : "s"} · ${peak}`,
        shots: Number(shots),
        level: {
          nearest,
          likeness: method === "full method" ? 0.05 : 0,
          heldOut: [
            [0, 0.1],
            [40, 0.08],
            [200, 0.08 * (1 + (method === "full method" ? 0 : rise))],
          ] as [number, number][],
        },
      }))
    )
  );
  return stageSummary("gate", rows, { steps: 2000, sets: 2, within: styles.slice(1) });
}
