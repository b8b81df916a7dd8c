import process from "node:process";
import { tf } from "specialist/tensorflow/mod.ts";
import { residentMemory } from "specialist/tensorflow/mod.ts";

/** What each lap of a long piece of work took, and what it left behind. */
export type Course = {
  seconds: number[];
  /** Of all threads together. */
  processorSeconds: number[];
  /** What the process held after the lap. */
  residentBytes: number[];
  /** How many tensors there were after it. */
  tensors: number[];
};

export type CourseRecorder = {
  course: Course;
  /** Called whenever the work is done once more. */
  lap(): void;
};

/** Starts now. */
export function recordCourse(): CourseRecorder {
  const course: Course = { seconds: [], processorSeconds: [], residentBytes: [], tensors: [] };
  let last = performance.now(), used = process.cpuUsage();
  return {
    course,
    lap() {
      const now = performance.now();
      const { user, system } = process.cpuUsage(used);
      course.seconds.push((now - last) / 1000);
      course.processorSeconds.push((user + system) / 1e6);
      course.residentBytes.push(residentMemory());
      course.tensors.push(tf.memory().numTensors);
      [last, used] = [now, process.cpuUsage()];
    },
  };
}

/** The course from lap `first` on. */
export function courseFrom(first: number, { ...course }: Course): Course {
  for (const name of Object.keys(course) as (keyof Course)[]) {
    course[name] = course[name].slice(first);
  }
  return course;
}
