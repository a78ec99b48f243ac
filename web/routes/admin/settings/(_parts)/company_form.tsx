import type { FieldOf, FormView, Submission } from "@/web/app/form/form_types.ts";
import type { FormParts } from "@/web/app/form/define_form.tsx";
import { Button } from "@/web/components/form/Button.tsx";
import { controlAttributes, FieldFrame } from "@/web/components/form/Field.tsx";
import { Checkbox, SelectField } from "@/web/components/form/SelectField.tsx";
import { TextArea, TextField } from "@/web/components/form/TextField.tsx";
import { brandColour, CONTRAST_MIN, LOGO_BYTES_MAX, parseColour } from "@/web/domain/settings/mod.ts";
import { MAIL_LANGUAGES } from "@/web/domain/mail/types.ts";
import { LOCALE_NAMES, type Translate } from "@/web/messages/mod.ts";
import { companyForm } from "@/web/route_table/settings.ts";
import { saveCompany } from "@/web/services/settings/save_company.ts";
import { lastSave } from "@/web/store/settings/settings.ts";
import { findLogoDate } from "@/web/store/settings/tenant_logos.ts";
import { getTenant, type TenantRow } from "@/web/store/settings/tenants.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { z } from "zod";

/** What both pages of the company show. */
export interface CompanyFacts {
  tenant: TenantRow;
  /** When the logo was put there; null when there is none. */
  logoAt: Temporal.Instant | null;
}

type Field = FieldOf<typeof companyForm>;

export async function readCompany(trx: TenantTransaction): Promise<CompanyFacts> {
  return { tenant: await getTenant(trx), logoAt: await findLogoDate(trx) };
}

/** What the forms of the settings and of the set-up share. */
export const companyParts = {
  input: companyForm,
  files: { logo: LOGO_BYTES_MAX },
  permission: "settings:write",
  audit: "settings.company_saved",
  refused: "settings.check_fields",
  labels: {
    name: "settings.company_name",
    phone: "settings.company_phone",
    email: "settings.company_email",
    address: "settings.company_address",
    brandColour: "settings.company_colour",
    waysToPay: "statements.ways_label",
    subscriberLanguage: "statements.language_label",
    logo: "settings.company_logo",
  },
  values: ({ tenant }: CompanyFacts): Partial<Record<Field, string>> => ({
    revision: String(revisionOf(tenant)),
    name: tenant.name,
    phone: tenant.phone ?? "",
    email: tenant.email ?? "",
    address: tenant.address ?? "",
    brandColour: tenant.brand_colour ?? "",
    waysToPay: tenant.ways_to_pay ?? "",
    subscriberLanguage: tenant.subscriber_language,
  }),
  edits: {
    subject: ({ tenant }: CompanyFacts) => tenant.id,
    version: ({ tenant }: CompanyFacts) => String(revisionOf(tenant)),
    saved: ({ tenant }: CompanyFacts) => lastSave(tenant, "company"),
  },
  hidden: ({ loaded }: { loaded: CompanyFacts }) => ({ revision: String(revisionOf(loaded.tenant)) }),
  submit: (
    { removeLogo, ...fields }: z.output<typeof companyForm>,
    { call, state }: Submission<CompanyFacts>,
  ) => saveCompany(...call, { ...fields, logo: removeLogo ? null : state.inputFiles.logo }),
} as const;

function revisionOf(tenant: TenantRow): number {
  return lastSave(tenant, "company")?.revision ?? 0;
}

type CompanyView = FormView<CompanyFacts, Field>;

/** Name, contact, colour and logo. The logo is sent as a file of the form itself, so it needs no scripts. */
export function companyFields({ field, t, values, problems, loaded }: CompanyView) {
  return (
    <>
      <TextField {...field("name")} autocomplete="organization" />
      <div class="form-row">
        <TextField {...field("phone")} type="tel" hint={t("settings.company_phone_hint")} />
        <TextField {...field("email")} type="email" />
      </div>
      <TextArea {...field("address")} rows={2} />
      <TextField
        {...field("brandColour")}
        hint={t("settings.company_colour_hint")}
        width="short"
        mono
      />
      <ColourSample colour={parseColour(String(values.brandColour))} t={t} />
      <TextArea {...field("waysToPay")} rows={4} hint={t("statements.ways_hint")} />
      <SelectField
        {...field("subscriberLanguage")}
        hint={t("statements.language_hint")}
        width="medium"
        options={MAIL_LANGUAGES.map((language) => ({ value: language, label: LOCALE_NAMES[language] }))}
      />
      <LogoField logoAt={loaded.logoAt} error={problems.logo} t={t} />
    </>
  );
}

/** The form in the frame of its page. */
export function CompanyForm({ parts, verb }: { parts: FormParts; verb: string }) {
  return (
    <form class="form" {...parts.attributes}>
      {parts.start}
      {parts.summary}
      {parts.fields}
      <div class="form-actions">
        <Button kind="primary">{verb}</Button>
      </div>
    </form>
  );
}

function ColourSample({ colour, t }: { colour: string | null; t: Translate }) {
  if (colour === null) return null;
  const brand = brandColour(colour);
  const values = { contrast: brand.contrast.toFixed(1), least: CONTRAST_MIN.toFixed(1) };
  return (
    <div class="cluster">
      <svg class="swatch" width="160" height="40" aria-hidden="true" focusable="false">
        <rect width="160" height="40" rx="6" fill={brand.colour} />
        <text x="80" y="25" fill={brand.onColour}>{t("settings.sample_button")}</text>
      </svg>
      <span class={brand.isReadable ? "note" : "text-warn"}>
        {t(brand.isReadable ? "settings.colour_readable" : "settings.colour_fallback", values)}
      </span>
    </div>
  );
}

interface LogoFieldProps {
  logoAt: Temporal.Instant | null;
  error: string | undefined;
  t: Translate;
}

function LogoField({ logoAt, error, t }: LogoFieldProps) {
  const field = {
    name: "logo",
    label: t("settings.company_logo"),
    hint: t("settings.company_logo_hint"),
    error,
  };
  return (
    <>
      {logoAt !== null && (
        <img class="logo" src={`/logo?v=${logoAt.epochMilliseconds}`} alt={t("settings.logo_alt")} />
      )}
      <FieldFrame {...field}>
        <input {...controlAttributes(field)} class="input" type="file" accept="image/png,image/jpeg" />
      </FieldFrame>
      {logoAt !== null && <Checkbox name="removeLogo" label={t("settings.remove_logo")} />}
    </>
  );
}
