/** Progress, rate and remaining time of work, in one line of text. */
import { formatBytes, formatCount, formatDuration } from "./units.ts";

/** What a progress display counts. */
export interface ProgressOptions {
  label: string;
  /** How many units there are; left out where unknown (a download of unknown size). */
  total?: number;
  /** What is counted, in the plural; "bytes" are shown as sizes. */
  unit: string;
  /** Units done before this run, as after a resume; they do not count towards the rate. */
  initial?: number;
}

/** Values shown behind the numbers, such as `{ loss: "0.123" }`. */
export type ProgressFields = Record<string, string | number>;

/** The state of a task at one moment. */
export interface Reading extends ProgressOptions {
  done: number;
  fields: ProgressFields;
  elapsedSeconds: number;
  perSecond?: number;
  remainingSeconds?: number;
  stopped: boolean;
}

/** Follows one task: its count, fields, rate and the time that is left. */
export interface Meter {
  update(done: number, fields?: ProgressFields): void;
  /** Sets how many units are done where the new ones took no work, as images from a cache. */
  reuse(done: number): void;
  stop(): void;
  read(): Reading;
}

/** `now` is a clock in seconds that never goes back. */
export function createMeter(options: ProgressOptions, now: () => number): Meter {
  const started = now();
  const rate = createRateEstimate();
  let done = options.initial ?? 0;
  // Of these, the units that were there already.
  let reused = done;
  let fields: ProgressFields = {};
  let stoppedAt: number | undefined;
  rate.add(started, 0);
  /** Of the last seconds; of the whole work once it has ended. */
  const perSecondAfter = (elapsedSeconds: number) => {
    if (stoppedAt === undefined) return rate.perSecond();
    return done > reused && elapsedSeconds > 0 ? (done - reused) / elapsedSeconds : undefined;
  };
  return {
    update(value, changed) {
      done = value;
      fields = { ...fields, ...changed };
      rate.add(now(), done - reused);
    },
    reuse(value) {
      reused += value - done;
      done = value;
    },
    stop() {
      stoppedAt ??= now();
    },
    read() {
      const elapsedSeconds = (stoppedAt ?? now()) - started;
      const perSecond = perSecondAfter(elapsedSeconds);
      return {
        ...options,
        done,
        fields,
        perSecond,
        elapsedSeconds,
        remainingSeconds: options.total !== undefined && perSecond
          ? Math.max(0, options.total - done) / perSecond
          : undefined,
        stopped: stoppedAt !== undefined,
      };
    },
  };
}

/** Estimates a rate from the progress of the last seconds. */
interface RateEstimate {
  /** Notes that `done` units are done at `time`, in seconds of a clock that never goes back. */
  add(time: number, done: number): void;
  /** Units per second, or `undefined` while nothing can be said. */
  perSecond(): number | undefined;
}

/**
 * A rate over a sliding window, so that a slow first step (tracing, warm-up) and old phases drop out
 * of the estimate. A count that falls restarts the window.
 */
export function createRateEstimate(windowSeconds = 30): RateEstimate {
  const spacing = windowSeconds / 30;
  let samples: { time: number; done: number }[] = [];
  let latest: { time: number; done: number } | undefined;
  return {
    add(time, done) {
      if (latest && done < latest.done) samples = [];
      latest = { time, done };
      if (samples.length === 0 || time - samples.at(-1)!.time >= spacing) samples.push(latest);
      while (samples.length > 2 && time - samples[1].time >= windowSeconds) samples.shift();
    },
    perSecond() {
      const first = samples[0];
      if (!latest || latest.time <= first.time || latest.done <= first.done) return undefined;
      return (latest.done - first.done) / (latest.time - first.time);
    },
  };
}

const separator = " · ";

/** A few lengths only: a bar that grew and shrank with the text next to it would flicker. */
const barLengths = [30, 20, 10];

/** One line of text: label, share, count, rate, time and fields. */
export function formatLine(reading: Reading): string {
  return `${reading.label}: ${details(reading).join(separator)}`;
}

/** The same line with a bar after the label where one fits, cut to `width` columns. */
export function formatBar(reading: Reading, width: number): string {
  const text = details(reading).join(separator);
  const room = width - reading.label.length - text.length - 3;
  const length = reading.total === undefined ? undefined : barLengths.find((fits) => fits <= room);
  const bar = length ? `${drawBar(share(reading), length)} ` : "";
  return `${reading.label} ${bar}${text}`.slice(0, width - 1);
}

function details(reading: Reading): string[] {
  const { total, perSecond, fields } = reading;
  return [
    ...(total === undefined ? [] : [`${Math.floor(100 * share(reading))}%`]),
    count(reading),
    ...(perSecond === undefined ? [] : [rate(perSecond, reading.unit)]),
    ...time(reading),
    ...Object.entries(fields).map(([name, value]) => `${name}=${value}`),
  ];
}

function share({ done, total }: Reading): number {
  return total ? Math.min(1, Math.max(0, done / total)) : 1;
}

function drawBar(share: number, width: number): string {
  const filled = Math.round(share * width);
  return "━".repeat(filled) + "─".repeat(width - filled);
}

function count({ done, total, unit }: Reading): string {
  if (unit !== "bytes") {
    return `${formatCount(done)}${total === undefined ? "" : `/${formatCount(total)}`} ${unit}`;
  }
  return formatBytes(done) + (total === undefined ? "" : ` of ${formatBytes(total)}`);
}

function rate(perSecond: number, unit: string): string {
  if (unit === "bytes") return `${formatBytes(perSecond)}/s`;
  if (perSecond >= 1) return `${significant(perSecond)} ${unit}/s`;
  if (perSecond >= 1 / 60) return `${significant(perSecond * 60)} ${unit}/min`;
  return `${significant(perSecond * 3600)} ${unit}/h`;
}

function significant(value: number): string {
  return value < 100 ? value.toPrecision(3) : formatCount(Math.round(value));
}

function time({ stopped, elapsedSeconds, remainingSeconds }: Reading): string[] {
  if (stopped) return [`took ${formatDuration(elapsedSeconds)}`];
  return remainingSeconds === undefined ? [] : [`${formatDuration(remainingSeconds)} left`];
}
