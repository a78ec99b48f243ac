/**
 * `deno task admin:reset-password EMAIL [--data DIR]`: prints a link by which this person chooses a new password, once,
 * within an hour. Their sessions end when they do. Ends with 1 when nobody of this address works anywhere, with 2 when
 * there is no installation.
 */
import { readConfig } from "@/web/config.ts";
import { RESET_HOURS } from "@/web/domain/access/limits.ts";
import { makeResetLinkAtServer } from "@/web/services/access/reset_password.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { assertSchemaCurrent } from "@/web/store/db/migrate.ts";
import { commandContext, noInstallation, openInstallation } from "../installation.ts";

/** Makes the link and says what to do with it, line by line. */
export async function describeReset(
  context: ServiceContext,
  { email, publicUrl }: { email: string; publicUrl: string },
): Promise<{ lines: string[]; isMade: boolean }> {
  const made = await makeResetLinkAtServer(context, email);
  if (made === null) {
    return { isMade: false, lines: [`Nobody who may sign in has the address ${email}`] };
  }
  return {
    isMade: true,
    lines: [
      `${publicUrl}/reset/${made.code}`,
      `Good once, for ${RESET_HOURS} h. Whoever has it chooses the password of ${email}; give it to nobody else.`,
    ],
  };
}

async function main([email = "", ...flags]: readonly string[]): Promise<number> {
  if (!email.includes("@")) {
    throw new Error("Cannot tell whose: deno task admin:reset-password EMAIL [--data DIR]");
  }
  const config = readConfig(flags, Deno.env.toObject());
  await using installation = await openInstallation(config, "linya-admin");
  if (installation === null) {
    console.log(noInstallation(config));
    return 2;
  }
  await assertSchemaCurrent(installation.db);
  const context = commandContext(installation);
  const { lines, isMade } = await describeReset(context, { email, publicUrl: config.publicUrl });
  for (const line of lines) console.log(line);
  return isMade ? 0 : 1;
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}
