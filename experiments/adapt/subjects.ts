/** What an adaptation draws to be scored, and for the points of its curves. */
import {
  type Emoji,
  loadEmoji,
  readSplits,
  type SplitName,
  type Splits,
} from "specialist/datasets/mod.ts";
import { benchmarkSubjects, type Subject } from "specialist/evaluation/mod.ts";
import type { AdaptConfig } from "./config.ts";

export type Subjects = {
  /** What the final scores are of. */
  subjects: Subject[];
  /** What the curves are of. */
  curveSubjects: Subject[];
  /** What decides the strength. */
  strengthSubjects: Subject[];
};

export async function loadSubjects(config: AdaptConfig): Promise<Subjects> {
  const { split, concepts, curveConcepts, prompts } = config.evaluation;
  const [emoji, splits] = [await loadEmoji(), await readSplits()];
  const validation = benchmarkOf(config, emoji, splits, "validation");
  const strengthSubjects = spread(validation, config.strength.concepts);
  if (prompts) {
    const subjects = prompts.map(promptSubject);
    return { subjects, curveSubjects: spread(subjects, curveConcepts), strengthSubjects };
  }
  return {
    subjects: spread(benchmarkOf(config, emoji, splits, split), concepts),
    curveSubjects: spread(validation, curveConcepts),
    strengthSubjects,
  };
}

/** Its id is numbered, since the names of two prompts may be the same, and short, being a file's name. */
function promptSubject(item: string, i: number): Subject {
  const name = item.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-").slice(0, 80);
  return { id: `${i + 1}-${name}`, item };
}

/** Nobody knows the true drawings of a user's own style. */
function benchmarkOf(
  { data, style }: AdaptConfig,
  emoji: Emoji,
  splits: Splits,
  split: Exclude<SplitName, "train" | "shots">,
): Subject[] {
  const set = data === undefined ? style : emoji.sets[0].name;
  const subjects = benchmarkSubjects(emoji, splits, { split, set });
  return data === undefined ? subjects : subjects.map(({ id, item }) => ({ id, item }));
}

/** So many of a list, from all over it. */
function spread<T>(list: readonly T[], count = list.length): T[] {
  const kept = Math.min(count, list.length);
  return Array.from({ length: kept }, (_, i) => list[Math.floor(i * list.length / kept)]);
}
