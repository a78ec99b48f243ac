import { type Translate, translator } from "@/web/messages/mod.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { findConsentText } from "@/web/store/privacy/consents.ts";

/** The texts that are shipped, in both languages: version 0. */
export function shippedConsentTexts(): { textEn: string; textFil: string } {
  return {
    textEn: translator("en")("privacy.default_text"),
    textFil: translator("fil")("privacy.default_text"),
  };
}

/** What people are asked to agree to, in the reader's language. */
export async function readConsentText(trx: TenantTransaction, t: Translate): Promise<string> {
  const own = await findConsentText(trx);
  if (own === null) return t("privacy.default_text");
  return t.locale === "fil" ? own.text_fil : own.text_en;
}
