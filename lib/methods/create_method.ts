import type { MethodConfig } from "./config.ts";
import { dreambooth } from "./dreambooth.ts";
import { full } from "./full.ts";
import { lora } from "./lora.ts";
import { loraSpecialist } from "./lora_specialist.ts";
import type { Method, MethodContext } from "./method.ts";
import { specialist } from "./specialist.ts";
import { textualInversion } from "./textual_inversion.ts";
import { textualInversionSpecialist } from "./textual_inversion_specialist.ts";

/**
 * The method that `config.method` names.
 *
 * @throws UserError if the context lacks what the config asks for
 */
export async function createMethod(
  config: MethodConfig,
  context: MethodContext,
): Promise<Method> {
  switch (config.method) {
    case "specialist":
      return await specialist(config, context);
    case "dreambooth":
      return await dreambooth(config, context);
    case "textual_inversion":
      return textualInversion(config, context);
    case "textual_inversion_specialist":
      return await textualInversionSpecialist(config, context);
    case "lora":
      return lora(config, context);
    case "lora_specialist":
      return await loraSpecialist(config, context);
    case "full":
      return full(config, context);
  }
}
