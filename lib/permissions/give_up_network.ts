/** From now on this process opens no connection, whatever it was allowed at its start. */
export async function giveUpNetwork(): Promise<void> {
  await Deno.permissions.revoke({ name: "net" });
}
