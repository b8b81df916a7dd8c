import { libraryPlace, noLibrary, obtainLibrary } from "specialist/tensorflow/library/mod.ts";
import { installPackages, missingPackages } from "./npm_packages.ts";

/** Brings everything that later runs need onto this machine, so that they work offline. */
export async function install(): Promise<void> {
  if (missingPackages().length > 0) await installPackages();
  const place = libraryPlace();
  if (place === undefined) {
    console.log(`${noLibrary()}: a slower backend will be used`);
    return;
  }
  await obtainLibrary();
  console.log(`TensorFlow's library is in ${place}`);
}
