import { may } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { LOCALE_NAMES } from "@/web/messages/mod.ts";
import { doneQuery } from "@/web/route_table/settings.ts";
import { lastSave } from "@/web/store/settings/settings.ts";
import { companyFields, CompanyForm, companyParts, readCompany } from "./(_parts)/company_form.tsx";
import { SettingsFrame } from "./(_parts)/SettingsFrame.tsx";

const form = define.form({
  ...companyParts,
  query: doneQuery,
  load: async (trx, { query }) => ({ ...await readCompany(trx), done: query.done }),
  readers: { permission: "settings:read", summary: "Company and brand" },
  summary: "Save company and brand",
  title: ({ t }) => t("settings.section_company"),
  fields: companyFields,
  verb: ({ t }) => t("settings.save"),
  page: ({ t, state, loaded: { tenant, done } }, parts) => (
    <SettingsFrame
      section="company"
      state={state}
      done={done}
      save={lastSave(tenant, "company")}
      zone={tenant.time_zone}
    >
      <Card title={t("settings.section_company")}>
        {may(state, "settings:write") ? <CompanyForm parts={parts} verb={t("settings.save")} /> : (
          <FactList
            facts={[
              { label: t("settings.company_name"), value: tenant.name },
              { label: t("settings.company_phone"), value: tenant.phone },
              { label: t("settings.company_email"), value: tenant.email },
              { label: t("settings.company_address"), value: tenant.address },
              { label: t("statements.ways_label"), value: tenant.ways_to_pay },
              { label: t("statements.language_label"), value: LOCALE_NAMES[tenant.subscriber_language] },
            ]}
          />
        )}
      </Card>
    </SettingsFrame>
  ),
  done: () => "/admin/settings/company?done=saved",
});

export default form.page;
export const { handler, route } = form;
