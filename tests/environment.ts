/** Runs `body` with an environment variable set to `value`, and sets it back. */
export async function withVariable<T>(
  name: string,
  value: string,
  body: () => T | Promise<T>,
): Promise<T> {
  const former = Deno.env.get(name);
  Deno.env.set(name, value);
  try {
    return await body();
  } finally {
    if (former === undefined) Deno.env.delete(name);
    else Deno.env.set(name, former);
  }
}
