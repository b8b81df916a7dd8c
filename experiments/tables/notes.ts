/** How a table has to be read, and where its numbers come from. */
import type { Summary } from "./summary.ts";

export function readingNote({ reference }: Summary): string {
  return "↑: higher is better, ↓: lower. A score is an interquartile mean. For scores that each picture has, it is of concepts in " +
    "styles, each the mean of its seeds; for distances of whole sets and for diversity it is of runs. " +
    "Intervals are from 2,000 bootstrap resamples of concepts, style by style: they say how sure a " +
    "score is for other concepts, not for other styles, shots or seeds. Concepts drawn by one run are " +
    "not independent, so for other runs these intervals are too narrow and p too small. Scores of whole " +
    "sets have one value for each run and no interval where a style has fewer than eight runs: " +
    "bootstrapping three seeds in each of three styles gives intervals that cover 82 % instead of 95 %. " +
    `The difference to ${reference} is the mean of ` +
    "paired differences, on the same prompts and noise; p is of a sign-flip test of it, corrected " +
    "after Holm for the rows of one table; d_z is the mean difference by its standard deviation. An " +
    "asterisk marks p < 0.05. No asterisk does not mean that two rows are alike: no test of equivalence " +
    "was made. With few runs, p of a set's score cannot be small: of n runs it is " +
    "2 / 2ⁿ at least. The Fréchet distance of so few pictures is far too high; compare it only here. " +
    "Speed of learning is of validation concepts: a mean over a row's runs, after steps, and after " +
    "seconds of training steps alone, without preparation and on the line between recorded points. " +
    "Drift is of validation concepts, without the style in the prompt. Memory is of the whole process, a " +
    "GPU's not counted.";
}

export function provenanceNote({ provenance, runs, concepts }: Summary): string {
  const { versions, backends, commits, models, finished } = provenance;
  const distinct = <T>(values: T[]) => [...new Set(values)];
  const short = (hashes: string[]) => hashes.map((hash) => hash.slice(0, 12)).join(", ");
  return [
    `${distinct(runs.map(({ id }) => id)).length} runs`,
    `${concepts.length} held-out concepts`,
    `styles ${distinct(runs.map(({ style }) => style)).join(", ")}`,
    `seeds ${distinct(runs.map(({ seed }) => seed)).toSorted((a, b) => a - b).join(", ")}`,
    `computed with ${backends.join(" and ")}`,
    versions.join(", "),
    `commit ${short(commits)}`,
    `base model ${short(models)}`,
    `finished ${finished.first.slice(0, 10)} to ${finished.last.slice(0, 10)}`,
    "each row's configuration and each run's id and scores in summary.json",
  ].join("; ") + ".";
}
