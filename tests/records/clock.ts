/** Does `work` with a clock that can be set, as by `set("1999-01-01")`, and goes on from there. */
export async function withClock(work: (set: (time: string) => void) => Promise<void>) {
  const original = Date;
  let shift = 0;
  globalThis.Date = class extends original {
    constructor(...args: unknown[]) {
      super(...(args.length === 0 ? [original.now() + shift] : args) as [number]);
    }
    static override now = () => original.now() + shift;
  } as DateConstructor;
  try {
    await work((time) => shift = original.parse(time) - original.now());
  } finally {
    globalThis.Date = original;
  }
}
