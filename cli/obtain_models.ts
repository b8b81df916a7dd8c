/**
 * Brings onto this machine those of the models that are named by their ids on the Hub.
 *
 * @throws UserError where one cannot be had; the signal's reason
 */
export async function obtainModels(
  names: readonly (string | undefined)[],
  signal: AbortSignal,
): Promise<void> {
  const { obtainModel } = await import("specialist/hub/mod.ts");
  for (const name of names) if (name !== undefined) await obtainModel(name, signal);
}
