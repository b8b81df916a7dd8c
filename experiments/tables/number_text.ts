import type { Interval } from "specialist/statistics/mod.ts";

/** Numbers of one kind with as many decimals as give the largest three digits. */
export function numberText(values: readonly number[]) {
  const sizes = values.map(Math.abs).filter((size) => size > 0);
  const largest = sizes.length === 0 ? 1 : Math.max(...sizes);
  const decimals = Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(largest))));
  const plain = (value: number) => withMinus(value.toFixed(decimals));
  const signed = (value: number) => (value > 0 ? "+" : "") + plain(value);
  return {
    plain,
    signed,
    interval: ({ low, high }: Interval) => `${plain(low)} to ${plain(high)}`,
    signedInterval: ({ low, high }: Interval) => `${signed(low)} to ${signed(high)}`,
  };
}

export function pValueText(pValue: number): string {
  return pValue < 0.001 ? "< 0.001" : pValue.toFixed(3);
}

export function effectText(effect: number): string {
  if (!Number.isFinite(effect)) return effect > 0 ? "∞" : "−∞";
  return withMinus(effect.toFixed(2));
}

function withMinus(text: string): string {
  return text.replace("-", "−");
}
