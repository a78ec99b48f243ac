import { page } from "fresh";
import { define } from "@/web/app/state.ts";
import { Button } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { loadCompany, sendCompany } from "../settings/(_parts)/company_form.ts";
import { CompanyForm } from "../settings/(_parts)/CompanyForm.tsx";
import { loadSetup, SetupFrame } from "./(_parts)/SetupFrame.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { companyForm } from "@/web/route_table/settings.ts";
import { LOGO_BYTES_MAX } from "@/web/domain/settings/mod.ts";

export default define.page<typeof handler>(function SetupCompanyPage({ data, state }) {
  return (
    <SetupFrame step="company" facts={data.facts} state={state}>
      <Card>
        <CompanyForm data={data.company} state={state} action="/admin/setup/company">
          <Button kind="primary">{state.t("settings.save_and_go_on")}</Button>
        </CompanyForm>
      </Card>
    </SetupFrame>
  );
});

export const route: RouteEntries = {
  GET: { audience: "staff", permission: "settings:write", summary: "Set-up: company" },
  POST: {
    audience: "staff",
    permission: "settings:write",
    input: companyForm,
    files: { logo: LOGO_BYTES_MAX },
    audit: "settings.company_saved",
    summary: "Set-up: save the company",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    return page({ facts: await loadSetup(ctx.state, "company"), company: await loadCompany(ctx.state) });
  },
  async POST(ctx) {
    const refused = await sendCompany(ctx.state);
    if (refused === null) return ctx.redirect("/admin/setup/billing", 303);
    const facts = await loadSetup(ctx.state, "company");
    return page({ facts, company: refused.data }, { status: refused.status });
  },
});
