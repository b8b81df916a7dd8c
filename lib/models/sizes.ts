/** Sizes in a network's config.json, which may claim any number: more than any network has is refused. */
import { z } from "zod";

/** Of tensors: channels, heads, tokens. */
export const size = z.int().positive().max(1 << 20);

/** Of layers, each of which has a dozen parameters. */
export const layers = z.int().positive().max(100);

/** Channels of each level of a U-shaped network. */
export const levels = z.array(size).min(1).max(16);

/** Whether each level's channels can be normalized in so many groups. */
export function groupsDivide(
  { block_out_channels: widths, norm_num_groups }: {
    block_out_channels: number[];
    norm_num_groups: number;
  },
): boolean {
  return widths.every((width) => width % norm_num_groups === 0);
}

/** What is said where they cannot. */
export const undividedGroups = {
  path: ["norm_num_groups"],
  error: "must divide the channels of every level",
};
