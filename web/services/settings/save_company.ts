import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { type AddressProblem, parseContactAddress } from "@/web/domain/mail/address.ts";
import { type LogoProblem, readLogo } from "@/web/domain/settings/mod.ts";
import type { MailLanguage } from "@/web/domain/mail/types.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { lastSave, lockTenant, updateSettings } from "@/web/store/settings/settings.ts";
import { updateSetupStep } from "@/web/store/settings/setup_progress.ts";
import { shrinkJpeg } from "@/web/gateways/pdf/mod.ts";
import { deleteLogo, upsertLogo } from "@/web/store/settings/tenant_logos.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";

/** Company and brand as they are typed. */
export interface CompanyInput {
  /** Of the form; 0 when nobody had saved yet. */
  revision: number;
  name: string;
  phone: string | null;
  email: string | null;
  address: string | null;
  /** `#rrggbb`, or null for Linya's own. */
  brandColour: string | null;
  /** In the company's words, printed on statements; undefined leaves them. */
  waysToPay?: string | null | undefined;
  /** Of what is sent to subscribers who have chosen none; undefined leaves it. */
  subscriberLanguage?: MailLanguage | undefined;
  /** Bytes of a new picture, null to take it away, undefined to leave it. */
  logo?: Uint8Array<ArrayBuffer> | null | undefined;
}

/** Saves name, contact, colour and logo. */
export async function saveCompany(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: CompanyInput,
): Promise<Result<null, "row_changed" | LogoProblem | AddressProblem>> {
  const logo = input.logo === undefined || input.logo === null ? null : readLogo(input.logo);
  if (logo !== null && !logo.ok) return logo;
  const small = logo?.value.type === "jpeg" ? shrinkJpeg(logo.value.bytes) : null;
  return await runUseCase(context, tenantId, actor, async ({ trx, at, business }) => {
    const tenant = await lockTenant(trx);
    const last = lastSave(tenant, "company");
    if ((last?.revision ?? 0) !== input.revision) {
      return err("row_changed");
    }
    const email = parseContactAddress(input.email, tenant.email);
    if (!email.ok) return email;
    const { name, phone, address, brandColour } = input;
    const after = {
      name,
      phone,
      email: email.value,
      address,
      brand_colour: brandColour,
      ways_to_pay: input.waysToPay === undefined ? tenant.ways_to_pay : input.waysToPay,
      subscriber_language: input.subscriberLanguage ?? tenant.subscriber_language,
    };
    const before = {
      name: tenant.name,
      phone: tenant.phone,
      email: tenant.email,
      address: tenant.address,
      brand_colour: tenant.brand_colour,
      ways_to_pay: tenant.ways_to_pay,
      subscriber_language: tenant.subscriber_language,
    };
    const save = { revision: input.revision + 1, by: actor.label, at };
    await updateSettings(trx, "company", after, save);
    await updateSetupStep(trx, "company", "done");
    if (logo !== null) await upsertLogo(trx, { ...logo.value, changed_at: at }, small);
    if (input.logo === null) await deleteLogo(trx);
    const details = { ...differences(before, after), ...logoDetail(input.logo) };
    await recordAudit(trx, actor, {
      action: "settings.company_saved",
      subjectKind: "tenant",
      subjectId: tenantId,
      summary: coded("audit_company_saved"),
      details,
      at,
      businessOn: business.today,
    });
    return ok(null);
  });
}

type Contact = Pick<
  TenantRow,
  "name" | "phone" | "email" | "address" | "brand_colour" | "ways_to_pay" | "subscriber_language"
>;

function differences(before: Contact, after: Contact): Record<string, unknown> {
  const names = (Object.keys(before) as (keyof Contact)[]).filter((name) => before[name] !== after[name]);
  const pick = (from: Contact) => Object.fromEntries(names.map((name) => [name, from[name]]));
  return { before: pick(before), after: pick(after) };
}

function logoDetail(logo: CompanyInput["logo"]): Record<string, string> {
  if (logo === undefined) return {};
  return { logo: logo === null ? "removed" : `replaced, ${logo.length} bytes` };
}
