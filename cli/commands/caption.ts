import { captionSchema } from "../../experiments/caption/config.ts";
import { configCommand } from "../config_command.ts";

/** Captions for one's own pictures. */
export const command = () =>
  configCommand({
    name: "caption",
    description: "Write what pictures show to a text file beside each, as a captioner sees it",
    schema: captionSchema,
    argument: "folder",
    prepare: async (config, signal) => {
      const { neededCaptioner } = await import("../../experiments/caption/caption.ts");
      return await neededCaptioner(config, signal);
    },
    async run(config, signal, captioner) {
      const { caption } = await import("../../experiments/caption/caption.ts");
      await caption({ ...config, captioner }, signal);
    },
  });
