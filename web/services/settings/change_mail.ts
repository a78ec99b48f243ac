import type { Result } from "@/shared/result.ts";
import { type AskCode, askOrRun, type AskOutcome } from "../approvals/ask_or_run.ts";
import { MAIL_SECRETS } from "../approvals/kinds/mail_keys.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { checkMailPlace } from "../mail/mail_input.ts";
import type { MailToSave, SaveMailCode } from "./save_mail.ts";

/** Why the mail server is neither changed nor asked for. */
export type ChangeMailCode = AskCode | SaveMailCode | "mail_server_gone";

/** Sets the mail server, or asks for an approval where that needs one; names and limits alone never do. */
export async function changeMail(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { reason, password, clientSecret, refreshToken, ...input }: MailToSave & { reason: string },
): Promise<Result<AskOutcome<null>, ChangeMailCode>> {
  if (context.isManyTenants === true) {
    const place = checkMailPlace({ ...input, password, clientSecret, refreshToken });
    if (!place.ok) return place;
  }
  const given = { password, clientSecret, refreshToken };
  const typed = MAIL_SECRETS.filter((name) => given[name] !== null);
  const secrets = Object.fromEntries(typed.map((name) => [name, given[name] ?? ""]));
  return await askOrRun(context, tenantId, actor, {
    kind: "mail_keys",
    input: { change: "save", ...input, typed },
    secrets,
    reason,
  });
}

/** Takes the mail server away, or asks for an approval where that needs one. */
export async function stopMail(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { reason }: { reason: string },
): Promise<Result<AskOutcome<null>, ChangeMailCode>> {
  return await askOrRun(context, tenantId, actor, {
    kind: "mail_keys",
    input: { change: "remove" },
    reason,
  });
}
