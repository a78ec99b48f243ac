import { page } from "fresh";
import { readInput } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { Button } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { FactList } from "@/web/components/FactList.tsx";
import { companyForm, doneQuery } from "@/web/route_table/settings.ts";
import { lastSave } from "@/web/store/settings/settings.ts";
import { may, momentOf } from "@/web/app/page_context.ts";
import { loadCompany, sendCompany } from "./(_parts)/company_form.ts";
import { CompanyForm } from "./(_parts)/CompanyForm.tsx";
import { SettingsFrame } from "./(_parts)/SettingsFrame.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { LOGO_BYTES_MAX } from "@/web/domain/settings/mod.ts";

export default define.page<typeof handler>(function CompanyPage({ data, state }) {
  const { t } = state;
  const { tenant, zone } = momentOf(state);
  return (
    <SettingsFrame
      section="company"
      state={state}
      done={data.done}
      save={lastSave(tenant, "company")}
      zone={zone}
    >
      <Card title={t("settings.section_company")}>
        {may(state, "settings:write")
          ? (
            <CompanyForm data={data} state={state} action="/admin/settings/company">
              <Button kind="primary">{t("settings.save")}</Button>
            </CompanyForm>
          )
          : (
            <FactList
              facts={[
                { label: t("settings.company_name"), value: tenant.name },
                { label: t("settings.company_phone"), value: tenant.phone },
                { label: t("settings.company_email"), value: tenant.email },
                { label: t("settings.company_address"), value: tenant.address },
              ]}
            />
          )}
      </Card>
    </SettingsFrame>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "settings:read",
    input: doneQuery,
    summary: "Company and brand",
  },
  POST: {
    audience: "staff",
    permission: "settings:write",
    input: companyForm,
    files: { logo: LOGO_BYTES_MAX },
    audit: "settings.company_saved",
    summary: "Save company and brand",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = ctx.state.t("settings.section_company");
    return page(await loadCompany(ctx.state, readInput(ctx.state, doneQuery).done));
  },
  async POST(ctx) {
    ctx.state.title = ctx.state.t("settings.section_company");
    const refused = await sendCompany(ctx.state);
    if (refused !== null) return page(refused.data, { status: refused.status });
    return ctx.redirect("/admin/settings/company?done=saved", 303);
  },
});
