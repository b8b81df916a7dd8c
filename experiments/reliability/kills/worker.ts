/** A piece of work in a process of its own, which may be killed at any moment. */
import { type WorkName, works } from "./works.ts";

const [name, options] = Deno.args;
await works[name as WorkName](JSON.parse(options));
