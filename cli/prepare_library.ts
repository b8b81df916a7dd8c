import { renderError } from "specialist/errors/mod.ts";
import { obtainLibrary, verifyLibrary } from "specialist/tensorflow/library/mod.ts";

/**
 * Brings TensorFlow's library onto this machine for processes that may not fetch it. Where it cannot be
 * had it says so, and something slower will take its place.
 *
 * @throws UserError where the one that is here is not the one that was installed
 */
export async function prepareLibrary(): Promise<void> {
  await verifyLibrary();
  try {
    await obtainLibrary();
  } catch (error) {
    console.error(renderError(error));
  }
}
