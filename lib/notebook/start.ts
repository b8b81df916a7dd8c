import { display, isNotebook } from "./display.ts";
import { plotlyLoader } from "./plotly_page.ts";

/** In a notebook: says what computes, and gives the page what its figures are drawn with. */
export async function startNotebook(backend: string): Promise<void> {
  if (!isNotebook()) return;
  console.log(`Computing with ${backend}`);
  await display({ "text/html": await plotlyLoader() });
}
