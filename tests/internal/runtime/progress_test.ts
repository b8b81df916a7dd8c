import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Writable } from "node:stream";
import {
  createMeter,
  createProgress,
  formatBytes,
  formatDuration,
  formatLine,
} from "specialist/internal/runtime/mod.ts";
import { createLineProgress, createTerminalDisplay } from "specialist/internal/runtime/progress.ts";
import { createRateEstimate, formatBar } from "specialist/internal/runtime/progress_meter.ts";

const steps = { label: "Fine-tuning", total: 1000, unit: "steps" };

function clock() {
  let time = 0;
  return { now: () => time, pass: (seconds: number) => time += seconds };
}

function terminal(columns: number) {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  return {
    stream: Object.assign(stream, { isTTY: true, columns }),
    text: () => written.join(""),
    /** What was drawn last on a line, without control sequences. */
    // deno-lint-ignore no-control-regex
    lines: () => written.join("").replace(/\x1b\[[\d;?]*[A-Za-z]/g, "\r").split(/[\r\n]+/),
  };
}

describe("progress", () => {
  it("shows share, count, rate, time left and fields", () => {
    const { now, pass } = clock();
    const meter = createMeter(steps, now);
    pass(20);
    meter.update(250, { loss: "0.123" });
    assertEquals(
      formatLine(meter.read()),
      "Fine-tuning: 25% · 250/1,000 steps · 12.5 steps/s · 1m left · loss=0.123",
    );
  });

  it("does not count what was done before a resume towards the rate", () => {
    const { now, pass } = clock();
    const meter = createMeter({ ...steps, initial: 900 }, now);
    pass(10);
    meter.update(910);
    assertEquals(meter.read().perSecond, 1);
    assertEquals(meter.read().remainingSeconds, 90);
  });

  it("does not count what comes from a cache towards the rate, whenever it comes", () => {
    const { now, pass } = clock();
    const meter = createMeter(steps, now);
    meter.reuse(400);
    pass(10);
    meter.update(410);
    meter.reuse(900);
    assertEquals(meter.read().perSecond, 1);
    assertEquals(meter.read().remainingSeconds, 100);
    meter.stop();
    assertEquals(
      formatLine(meter.read()),
      "Fine-tuning: 90% · 900/1,000 steps · 1.00 steps/s · took 10s",
    );
  });

  it("ends with the rate of the whole work, not of its last seconds", () => {
    const { now, pass } = clock();
    const meter = createMeter({ ...steps, initial: 100 }, now);
    pass(90);
    meter.update(550);
    pass(10);
    meter.update(1000);
    meter.stop();
    assertEquals(meter.read().perSecond, 9);
  });

  it("keeps a field until it is set again", () => {
    const meter = createMeter(steps, () => 0);
    meter.update(1, { loss: "0.5", phase: "warm-up" });
    meter.update(2, { loss: "0.4" });
    assertEquals(meter.read().fields, { loss: "0.4", phase: "warm-up" });
  });

  it("formats downloads as sizes, also when the total is unknown", () => {
    const { now, pass } = clock();
    const known = createMeter({ label: "Library", total: 240e6, unit: "bytes" }, now);
    const unknown = createMeter({ label: "Library", unit: "bytes" }, now);
    pass(2);
    known.update(24e6);
    unknown.update(24e6);
    assertEquals(
      formatLine(known.read()),
      "Library: 10% · 24 MB of 240 MB · 12 MB/s · 18s left",
    );
    assertEquals(formatLine(unknown.read()), "Library: 24 MB · 12 MB/s");
  });

  it("fits the terminal at any width", () => {
    const meter = createMeter(steps, () => 0);
    for (let width = 10; width < 150; width++) {
      assert(formatBar(meter.read(), width).length < width);
    }
  });

  it("writes log lines now and then, and one at the end", () => {
    const { now, pass } = clock();
    const lines: string[] = [];
    const bar = createLineProgress(steps, 10, (line) => lines.push(line), now);
    for (let step = 1; step <= 250; step++) {
      pass(0.1);
      bar.update(step);
    }
    bar.stop();
    bar.stop();
    bar.update(999);
    assertEquals(lines.length, 3);
    assert(lines.every((line) => /^[^\p{Cc}]*$/u.test(line)));
    assertStringIncludes(lines[2], "took 25s");
  });

  it("redraws on a terminal from update alone, at most ten times a second", () => {
    const { now, pass } = clock();
    const { stream, text, lines } = terminal(80);
    const bar = createTerminalDisplay(stream, now)(steps);
    for (let step = 1; step <= 1000; step++) {
      pass(0.01);
      bar.update(step);
    }
    bar.stop();
    assert(lines().filter((line) => line.startsWith("Fine-tuning")).length <= 105);
    assertStringIncludes(lines().at(-2)!, "100% · 1,000/1,000 steps · 100 steps/s · took 10s");
    assert(text().endsWith("\n"));
  });

  it("leaves cursor and line wrapping alone, so an interrupt needs no repair", () => {
    const { stream, text } = terminal(80);
    const bar = createTerminalDisplay(stream)(steps);
    bar.update(1);
    bar.stop();
    assert(!text().includes("\x1b[?"));
  });

  it("shows a task within a task, and keeps only the outer one", () => {
    const { stream, text } = terminal(80);
    const open = createTerminalDisplay(stream);
    const outer = open({ label: "Sweep", total: 2, unit: "runs" });
    const inner = open(steps);
    assertStringIncludes(text(), "Fine-tuning");
    inner.stop();
    const before = text().length;
    outer.update(2);
    outer.stop();
    const after = text().slice(before);
    assertStringIncludes(after, "Sweep");
    assert(!after.includes("Fine-tuning"));
  });

  it("prints what is logged and nothing else when quiet", () => {
    const lines: string[] = [];
    const error = console.error;
    console.error = (line: string) => lines.push(line);
    try {
      const bar = createProgress({ ...steps, quiet: true });
      bar.update(1);
      bar.log("saved");
      bar.stop();
    } finally {
      console.error = error;
    }
    assertEquals(lines, ["saved"]);
  });
});

describe("rate estimate", () => {
  it("forgets a slow start", () => {
    const rate = createRateEstimate(30);
    rate.add(0, 0);
    rate.add(60, 1);
    for (let second = 1; second <= 40; second++) rate.add(60 + second, 1 + 10 * second);
    assertAlmostEquals(rate.perSecond()!, 10, 0.5);
  });

  it("starts again when the count falls", () => {
    const rate = createRateEstimate();
    rate.add(0, 0);
    rate.add(10, 1000);
    rate.add(11, 0);
    assertEquals(rate.perSecond(), undefined);
    rate.add(12, 5);
    assertEquals(rate.perSecond(), 5);
  });
});

describe("units", () => {
  it("formats durations", () => {
    assertEquals([4.21, 9.97, 84, 3599.6, 7500, 93_600, NaN].map(formatDuration), [
      "4.2s",
      "10s",
      "1m 24s",
      "1h",
      "2h 5m",
      "1d 2h",
      "–",
    ]);
  });

  it("formats sizes", () => {
    assertEquals([0, 999, 24_300_000, 999_999_999].map(formatBytes), [
      "0 byte",
      "999 byte",
      "24.3 MB",
      "1 GB",
    ]);
  });
});
