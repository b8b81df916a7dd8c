/**
 * What the processes of this project may do: no more than they need.
 * @module
 */
export { confine, type Needs } from "./confine.ts";
export { giveUpNetwork } from "./give_up_network.ts";
