let forced = false;

/**
 * From now on nothing is compiled: each op runs by itself, slower, where an error's stack shows the
 * line that called it.
 */
export function forceEager(on = true): void {
  forced = on;
}

export function isEagerForced(): boolean {
  return forced;
}
