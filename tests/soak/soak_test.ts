/** How a soak judges what it has seen; the soak itself takes minutes. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { createRandom } from "specialist/data";
import { UserError } from "specialist/internal/runtime/mod.ts";
import type { Course } from "../bench/record.ts";
import { flatnessFindings, reportedCourse } from "./flatness.ts";
import { caseSchema, type Entry, readEntries, writeEntry } from "./report.ts";
import { writePage } from "./soak.ts";

const laps = 1000;

/** A course that stays, but for noise, and the factors by which some of it grows in the course. */
function courseOf(growth: Partial<Record<keyof Course, number>> = {}): Course {
  const random = createRandom("course");
  const series = (name: keyof Course, level: number, noise: number) =>
    Array.from(
      { length: laps },
      (_, i) => level * (1 + noise * random.normal()) * (1 + (growth[name] ?? 0) * i / laps),
    );
  return {
    seconds: series("seconds", 0.1, 0.5),
    processorSeconds: series("processorSeconds", 0.05, 0.1),
    residentBytes: series("residentBytes", 6e8, 0.001),
    tensors: series("tensors", 500, 0).map(Math.round),
  };
}

function heldBy(course: Course): boolean[] {
  return flatnessFindings(course, reportedCourse("training", "step", course))
    .map(({ holds }) => holds);
}

describe("a long course", () => {
  it("is flat where there is but noise, and whatever was in the beginning", () => {
    const course = courseOf();
    assertEquals(heldBy(course), [true, true, true]);
    for (let i = 0; i < laps / 5; i++) {
      [course.tensors[i], course.residentBytes[i], course.processorSeconds[i]] = [9, 9, 9];
    }
    assertEquals(heldBy(course), [true, true, true]);
  });

  it("is not where tensors, memory or the processor's time grow", () => {
    assertEquals(heldBy(courseOf({ tensors: 0.01 })), [false, true, true]);
    assertEquals(heldBy(courseOf({ residentBytes: 0.03 })), [true, false, true]);
    assertEquals(heldBy(courseOf({ processorSeconds: 0.1 })), [true, true, false]);
  });

  it("is told of by the step, where a lap has several", () => {
    const { points } = reportedCourse("drawing", "image", courseOf(), 8);
    assertEquals([points.length, points.at(-1)!.step], [20, 8 * laps]);
    assert(Math.abs(points[0].processorSeconds - 0.05 / 8) < 0.001);
  });
});

describe("a soak's reports", () => {
  const entry = (holds: boolean): Entry => ({
    title: "a long training",
    findings: [{ what: "memory stays", measured: "+1 MB", holds }],
    courses: [reportedCourse("training", "step", courseOf())],
    config: caseSchema.parse({ steps: 1000, images: 1000 }),
    seconds: 60,
    backend: "cpu",
    versions: { specialist: "0.1.0" },
    system: { processor: "a processor" },
    date: "2026-01-01T00:00:00.000Z",
  });

  it("stay where other cases are done again, and make a page with a figure", async () => {
    const folder = await Deno.makeTempDir();
    await writeEntry(folder, "endurance", entry(true));
    await writeEntry(folder, "sweep", entry(true));
    await writeEntry(folder, "endurance", entry(false));
    const entries = await readEntries(folder);
    assertEquals(entries, { endurance: entry(false), sweep: entry(true) });
    const [page, figure] = await writePage(folder, entries);
    const text = await Deno.readTextFile(page);
    assert(/endurance +\| memory stays +\| \+1 MB +\| no/.test(text));
    assert(/sweep +\| memory stays +\| \+1 MB +\| yes/.test(text));
    assertStringIncludes(await Deno.readTextFile(figure), "<svg");
    await Deno.writeTextFile(join(folder, "soak.json"), '{"endurance": 1}');
    await assertRejects(() => readEntries(folder), UserError, "soak.json");
    await Deno.remove(folder, { recursive: true });
  });
});
