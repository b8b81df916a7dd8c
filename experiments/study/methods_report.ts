/** Stage 2 in the report: fronts over settings, methods at the settings chosen for them, few shots. */
import { mean } from "simple-statistics";
import { type Curve, learningFigure } from "specialist/figures";
import { renderTable } from "specialist/internal/runtime/mod.ts";
import { labelSeparator, type Summary } from "../tables/mod.ts";
import { runsOf } from "../tables/statistics.ts";
import { chosenFor } from "./chosen.ts";
import { type Comparison, difference, trainedLabels } from "./contrasts.ts";
import { curvePoints } from "./gate_report.ts";
import { relativeContent } from "./parts_report.ts";
import { likeness } from "./scores.ts";

/** The paper's method, as tables call it. */
export const ours = "Specialist Diffusion";

const methodOf = (label: string) => label.split(labelSeparator)[0];

/** The methods of a stage, each once, in its order. */
export function methodsOf(summary: Summary): string[] {
  return [...new Set(trainedLabels(summary).map(methodOf))];
}

// Tuning.

type Setting = { content: number; likeness: number };

/** Those that no other beats in both, from the lowest content to the highest. */
export function frontOf<T extends Setting>(settings: readonly T[]): T[] {
  let highest = -Infinity;
  return settings
    .toSorted((a, b) => b.content - a.content || b.likeness - a.likeness)
    .filter(({ likeness }) => {
      const isOnFront = likeness > highest;
      highest = Math.max(highest, likeness);
      return isOnFront;
    })
    .reverse();
}

/** Content and likeness of each method at every rate and number of steps: means over styles. */
export function settingsOf(summary: Summary, method: string): Setting[] {
  return trainedLabels(summary).filter((label) => methodOf(label) === method).flatMap((label) => {
    const points = runsOf(summary, label).flatMap((run) => curvePoints(run, summary))
      .filter(({ step }) => step > 0);
    return Map.groupBy(points, ({ step }) => step).values().toArray().map((own) => ({
      content: mean(own.map(({ content }) => content)),
      likeness: mean(own.map(({ likeness }) => likeness)),
    }));
  });
}

/** A line for each method: its best trade-offs between content and likeness. */
export function frontFigure(summary: Summary): Curve {
  return {
    title: "Stage 2: fronts of content and likeness",
    description:
      "Of validation concepts, means over styles: for each method, the rates and steps that " +
      "none of its others beats in both. Right and up are better.",
    figure: learningFigure(
      "content less the designers' own drawings'",
      "likeness",
      methodsOf(summary).map((method) => ({
        name: method,
        points: frontOf(settingsOf(summary, method))
          .map(({ content, likeness }) => ({ x: content, y: likeness })),
      })),
    ),
  };
}

/** The rate and number of steps that each method gets in each style. */
export function chosenTable(summary: Summary): string {
  const styles = [...new Set(summary.runs.map(({ style }) => style))];
  return renderTable(methodsOf(summary), [
    { title: "method", value: (method) => method },
    ...styles.map((style) => ({
      title: style,
      value(method: string) {
        const isKnown = summary.runs.some((run) =>
          run.style !== style && methodOf(run.label) === method
        );
        if (!isKnown) return "–";
        const { peak, steps } = chosenFor(summary, method, style);
        return `${peak}, ${steps} steps`;
      },
    })),
  ], "markdown");
}

// Few shots.

/** Every method less ours, with as many shots. */
export function withAsManyShots(summary: Summary): Comparison[] {
  const labels = trainedLabels(summary);
  return labels.flatMap((label) => {
    const [method, shots] = label.split(labelSeparator);
    const reference = [ours, shots].join(labelSeparator);
    return method === ours || !labels.includes(reference)
      ? []
      : [difference(label, label, reference)];
  });
}

/** A figure for likeness and one for content: a line for each method over shots. */
export function shotsFigures(summary: Summary): Curve[] {
  const quantities = [
    { title: "likeness", values: likeness.values },
    {
      title: "content less the designers' own drawings'",
      values: (run: Summary["runs"][number]) => relativeContent(summary, run),
    },
  ];
  return quantities.map(({ title, values }) => ({
    title: `Few shots: ${title}`,
    description: "Means over styles, sets of shots and test concepts.",
    figure: learningFigure(
      "shots",
      title,
      methodsOf(summary).map((method) => {
        const runs = summary.runs.filter(({ label }) => methodOf(label) === method);
        const byShots = Map.groupBy(runs, ({ shots }) => shots).entries().toArray();
        return {
          name: method,
          points: byShots.toSorted(([a], [b]) => a - b).flatMap(([shots, own]) => {
            const found = own.flatMap((run) => values(run)?.values().toArray() ?? []);
            return found.length === 0 ? [] : [{ x: shots, y: mean(found) }];
          }),
        };
      }),
    ),
  }));
}
