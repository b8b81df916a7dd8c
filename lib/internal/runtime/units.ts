/** Numbers as people read them: bytes, durations, counts; and the size of a shape. */

const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

const formats = units.map((unit) =>
  new Intl.NumberFormat("en", {
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumFractionDigits: 1,
  })
);

/** A size in decimal units: `24_300_000` is "24.3 MB". */
export function formatBytes(bytes: number): string {
  let exponent = 0;
  let size = bytes;
  while (Math.abs(size) >= 999.95 && exponent < units.length - 1) {
    size /= 1000;
    exponent++;
  }
  return formats[exponent].format(size);
}

const narrow = new Intl.DurationFormat("en", { style: "narrow" });

/**
 * Seconds as a short duration of at most two parts; durations under ten seconds keep one decimal.
 *
 * ```ts
 * formatDuration(4.21); // "4.2s"
 * formatDuration(84); // "1m 24s"
 * formatDuration(93_600); // "1d 2h"
 * ```
 */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "–";
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  if (days > 0) return narrow.format({ days, hours });
  if (hours > 0) return narrow.format({ hours, minutes });
  return narrow.format({ minutes, seconds: whole % 60 });
}

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** A count with digit groups: `1234` is "1,234". */
export function formatCount(count: number): string {
  return grouped.format(count);
}

/** How many elements a tensor of this shape has. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
