/** Loads TensorFlow, and then what is in another folder; says what came of that. */
import { loadLibrary, resolveLibrary } from "specialist/internal/runtime/library/mod.ts";

const { folder } = await resolveLibrary();
loadLibrary(folder);
loadLibrary(folder);
try {
  loadLibrary(Deno.args[0]);
} catch (error) {
  console.log((error as Error).message);
}
