import { coded } from "@/shared/codes/mod.ts";
import { ok, type Result } from "@/shared/result.ts";
import { findConsentText, insertConsentText } from "@/web/store/privacy/consents.ts";
import { lockTenant, updateRetention } from "@/web/store/settings/retention.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";

/** What a company sets about the data of people. */
export interface PrivacySettings {
  textEn: string;
  textFil: string;
  taxYears: number;
  mailDays: number;
  openingDays: number;
  securityDays: number;
}

/** Saves it; another text is another version. */
export async function savePrivacy(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: PrivacySettings & {
    /** The texts that are shipped: saving these adds no version. */
    shipped: Pick<PrivacySettings, "textEn" | "textFil">;
  },
): Promise<Result<null, never>> {
  return await runUseCase<null, never>(context, tenantId, actor, async ({ trx, tenant, at, business }) => {
    await lockTenant(trx);
    const before = await findConsentText(trx);
    const [textEn, textFil] = [
      before?.text_en ?? input.shipped.textEn,
      before?.text_fil ?? input.shipped.textFil,
    ];
    const note = (summary: Parameters<typeof recordAudit>[2]["summary"], details: Record<string, unknown>) =>
      recordAudit(trx, actor, {
        action: "settings.privacy_saved",
        subjectKind: "tenant",
        subjectId: tenant.id,
        summary,
        details,
        at,
        businessOn: business.today,
      });
    const days = {
      tax_years: input.taxYears,
      mail_days: input.mailDays,
      opening_days: input.openingDays,
      security_days: input.securityDays,
    };
    const old = Object.fromEntries(
      Object.keys(days).map((name) => [name, tenant[name as keyof typeof days]]),
    );
    const isKept = JSON.stringify(old) === JSON.stringify(days);
    if (!isKept) await updateRetention(trx, days);
    const isNewText = textEn !== input.textEn || textFil !== input.textFil;
    const version = (before?.version ?? 0) + 1;
    if (isNewText) {
      const texts = { text_en: input.textEn, text_fil: input.textFil };
      await insertConsentText(trx, { version, ...texts, saved_at: at, saved_by: actor.label });
    }
    if (!isKept) await note(coded("audit_retention"), { before: old, after: days });
    if (isNewText) await note(coded("audit_consent_text", { version }), { version });
    return ok(null);
  });
}
