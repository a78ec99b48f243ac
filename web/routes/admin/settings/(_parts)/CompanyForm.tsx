import type { ComponentChildren } from "preact";
import type { AppState } from "@/web/app/state.ts";
import { Csrf, HiddenFields } from "@/web/components/Csrf.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { controlAttributes, FieldFrame } from "@/web/components/Field.tsx";
import { Checkbox } from "@/web/components/SelectField.tsx";
import { TextArea, TextField } from "@/web/components/TextField.tsx";
import { brandColour, CONTRAST_MIN, parseColour } from "@/web/domain/settings/mod.ts";
import type { CompanyData } from "./company_form.ts";
import { COMPANY_MAX } from "@/web/domain/settings/limits.ts";

interface CompanyFormProps {
  data: CompanyData;
  state: AppState;
  action: string;
  /** Buttons under the fields. */
  children: ComponentChildren;
}

/** Name, contact, colour and logo. The logo is sent as a file of the form itself, so it needs no scripts. */
export function CompanyForm({ data, state, action, children }: CompanyFormProps) {
  const { t } = state;
  const { values, problems } = data;
  return (
    <form class="form" method="post" action={action} enctype="multipart/form-data">
      <Csrf token={state.csrfToken} />
      <HiddenFields values={{ revision: values.revision }} />
      <ErrorSummary errors={problems} title={t("settings.check_fields")} />
      <TextField
        name="name"
        label={t("settings.company_name")}
        value={values.name}
        error={problems.name}
        maxLength={COMPANY_MAX.name}
        autocomplete="organization"
        required
      />
      <div class="form-row">
        <TextField
          name="phone"
          type="tel"
          label={t("settings.company_phone")}
          value={values.phone}
          error={problems.phone}
          maxLength={COMPANY_MAX.phone}
          hint={t("settings.company_phone_hint")}
        />
        <TextField
          name="email"
          type="email"
          label={t("settings.company_email")}
          value={values.email}
          error={problems.email}
          maxLength={COMPANY_MAX.email}
        />
      </div>
      <TextArea
        name="address"
        label={t("settings.company_address")}
        value={values.address}
        error={problems.address}
        maxLength={COMPANY_MAX.address}
        rows={2}
      />
      <TextField
        name="brandColour"
        label={t("settings.company_colour")}
        value={values.brandColour}
        error={problems.brandColour}
        hint={t("settings.company_colour_hint")}
        maxLength={20}
        width="short"
        mono
      />
      <ColourSample colour={parseColour(values.brandColour)} state={state} />
      <LogoField data={data} state={state} />
      <div class="form-actions">{children}</div>
    </form>
  );
}

function ColourSample({ colour, state }: { colour: string | null; state: AppState }) {
  if (colour === null) return null;
  const { t } = state;
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

function LogoField({ data, state }: { data: CompanyData; state: AppState }) {
  const { t } = state;
  const field = {
    name: "logo",
    label: t("settings.company_logo"),
    hint: t("settings.company_logo_hint"),
    error: data.problems.logo,
  };
  return (
    <>
      {data.logoAt !== null && (
        <img
          class="logo"
          src={`/logo?v=${data.logoAt.epochMilliseconds}`}
          alt={t("settings.logo_alt")}
        />
      )}
      <FieldFrame {...field}>
        <input {...controlAttributes(field)} class="input" type="file" accept="image/png,image/jpeg" />
      </FieldFrame>
      {data.logoAt !== null && <Checkbox name="removeLogo" label={t("settings.remove_logo")} />}
    </>
  );
}
