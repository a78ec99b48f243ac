import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { MAIL_TEXT_MAX } from "@/web/domain/mail/limits.ts";
import { textProblem } from "@/web/domain/mail/texts.ts";
import type { MailLanguage, Occasion } from "@/web/domain/mail/types.ts";
import { type MailTexts, shippedTexts } from "@/web/gateways/mail/render/mod.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import {
  deleteMailText,
  findMailText,
  type MailTextRow,
  upsertMailText,
} from "@/web/store/mail/mail_texts.ts";
import { lockTenant } from "@/web/store/settings/settings.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** The text of an occasion in a language. */
export interface MailTextKey {
  occasion: Occasion;
  language: MailLanguage;
}

/** A text as it is used, and the row that holds it where it is the company's own. */
export interface UsedText extends MailTexts {
  own: MailTextRow | null;
}

/** Why a text is not saved. */
export type SaveMailTextCode =
  | "row_changed"
  | "mail_text_empty"
  | "text_too_long"
  | "mail_text_unknown_variable"
  | "mail_text_brace";

/** The text that mails are made with now. */
export async function readUsedText(
  trx: TenantTransaction,
  { occasion, language }: MailTextKey,
): Promise<UsedText> {
  const own = await findMailText(trx, occasion, language);
  const { subject, body } = own ?? shippedTexts(occasion, language);
  return { subject, body, own };
}

/** Version of a text: another one as soon as somebody saved it. */
export function textVersion({ own }: UsedText): string {
  return String(own?.revision ?? 0);
}

/** Saves the company's own text. Every mail that is sent from then on has it, those that wait too. */
export async function saveMailText(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { occasion, language, subject, body, seen }: MailTextKey & MailTexts & { seen?: string | undefined },
): Promise<Result<null, SaveMailTextCode>> {
  const refusal = refuse(occasion, { subject, body });
  if (refusal !== null) return refusal;
  return await runUseCase<null, SaveMailTextCode>(context, tenantId, actor, async (useCase) => {
    const { trx, at } = useCase;
    await lockTenant(trx);
    const before = await readUsedText(trx, { occasion, language });
    if (seen !== undefined && seen !== textVersion(before)) return err("row_changed");
    if (before.subject === subject && before.body === body) return ok(null);
    await upsertMailText(trx, {
      occasion,
      language,
      subject,
      body,
      revision: (before.own?.revision ?? 0) + 1,
      saved_at: at,
      saved_by: actor.label,
    });
    await audit(useCase, "audit_mail_text_saved", { occasion, language }, {
      before: { subject: before.subject, body: before.body },
      after: { subject, body },
    });
    return ok(null);
  });
}

/** Goes back to the text that Linya ships. */
export async function resetMailText(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { occasion, language }: MailTextKey,
): Promise<Result<null, never>> {
  return await runUseCase<null, never>(context, tenantId, actor, async (useCase) => {
    await lockTenant(useCase.trx);
    const { own, subject, body } = await readUsedText(useCase.trx, { occasion, language });
    if (own === null) return ok(null);
    await deleteMailText(useCase.trx, occasion, language);
    await audit(useCase, "audit_mail_text_reset", { occasion, language }, { before: { subject, body } });
    return ok(null);
  });
}

function refuse(
  occasion: Occasion,
  { subject, body }: MailTexts,
) {
  if (subject.trim() === "" || body.trim() === "") return err("mail_text_empty");
  for (const [text, max] of [[subject, MAIL_TEXT_MAX.subject], [body, MAIL_TEXT_MAX.body]] as const) {
    if (text.length > max) return err("text_too_long", { max });
    const problem = textProblem(text, occasion);
    if (problem?.code === "mail_text_unknown_variable") return err(problem.code, problem.values);
    if (problem !== null) return err("mail_text_brace");
  }
  return null;
}

async function audit(
  { trx, actor, at, business }: UseCase,
  code: "audit_mail_text_saved" | "audit_mail_text_reset",
  key: MailTextKey,
  details: Record<string, unknown>,
): Promise<void> {
  await recordAudit(trx, actor, {
    action: code === "audit_mail_text_saved" ? "settings.mail_text_saved" : "settings.mail_text_reset",
    subjectKind: "tenant",
    subjectId: trx.tenantId,
    summary: coded(code, { occasion: key.occasion, language: key.language }),
    details: { ...key, ...details },
    at,
    businessOn: business.today,
  });
}
