import { define } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { readSetupFacts } from "@/web/store/settings/setup_progress.ts";
import { companyFields, CompanyForm, companyParts, readCompany } from "../settings/(_parts)/company_form.tsx";
import { SetupFrame } from "./(_parts)/SetupFrame.tsx";

const form = define.form({
  ...companyParts,
  load: async (trx) => {
    const company = await readCompany(trx);
    return { ...company, facts: await readSetupFacts(trx, company.tenant) };
  },
  summary: "Save the company in the set-up",
  title: ({ t }) => t("setup.step_company"),
  fields: companyFields,
  verb: ({ t }) => t("settings.save_and_go_on"),
  page: ({ t, state, loaded }, parts) => (
    <SetupFrame step="company" facts={loaded.facts} state={state}>
      <Card>
        <CompanyForm parts={parts} verb={t("settings.save_and_go_on")} />
      </Card>
    </SetupFrame>
  ),
  done: () => "/admin/setup/billing",
});

export default form.page;
export const { handler, route } = form;
