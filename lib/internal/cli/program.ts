/** A command line: help, suggestions, exit codes. */
import { Command, CommanderError } from "commander";
import { exitCodeOf, exitCodes, renderError } from "../runtime/mod.ts";

/** The command line with these commands. */
export function createProgram(commands: Command[]): Command {
  const program = new Command("specialist")
    .usage("COMMAND [options]")
    .description("Adapts a text-to-image diffusion model to a style from a few images.")
    .helpCommand(true)
    // Whatever there is to say of an option is in its description.
    .configureHelp({ optionDescription: ({ description }) => description })
    .showSuggestionAfterError()
    .showHelpAfterError("(--help lists what is allowed)")
    .exitOverride();
  for (const command of commands) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  return program;
}

/**
 * Runs a command line and sets the exit code: 0 done, 1 failed, 2 misused, 130 stopped by Ctrl-C.
 * An error is shown on one screen; with SPECIALIST_DEBUG=1 its stack follows.
 */
export async function runProgram(program: Command, args: string[]): Promise<void> {
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      Deno.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.misused;
      return;
    }
    console.error(renderError(error));
    if (Deno.env.get("SPECIALIST_DEBUG")) console.error(error);
    Deno.exitCode = exitCodeOf(error);
  }
}
