import { page } from "fresh";
import { define } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { HiddenFields } from "@/web/components/form/Csrf.tsx";
import { presetOf } from "@/web/domain/settings/mod.ts";
import { billingSettingsOf, lastSave } from "@/web/store/settings/settings.ts";
import { momentOf } from "@/web/app/frame/page_context.ts";
import { PresetCards } from "../../settings/(_parts)/PresetCards.tsx";
import { loadSetup, SetupFrame } from "../(_parts)/SetupFrame.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

export default define.page<typeof handler>(function SetupBillingPage({ data, state }) {
  const { t } = state;
  const { tenant, today } = momentOf(state);
  const settings = billingSettingsOf(tenant);
  const isSaved = data.isBillingSaved;
  return (
    <SetupFrame step="billing" facts={data} state={state}>
      <Card>
        <form class="stack" method="get" action="/admin/setup/billing/review">
          <HiddenFields values={{ revision: String(lastSave(tenant, "billing")?.revision ?? 0) }} />
          <PresetCards
            settings={settings}
            today={today}
            value={presetOf(settings) ?? (isSaved ? "keep" : "monthly")}
            state={state}
            withKeep={isSaved && presetOf(settings) === null}
          />
          <p class="note">{t("setup.billing_note")}</p>
          <div class="form-actions">
            <Button kind="primary">{t("setup.see_rules")}</Button>
            <LinkButton href="/admin/settings/billing">{t("setup.all_rules")}</LinkButton>
          </div>
        </form>
      </Card>
    </SetupFrame>
  );
});

export const route: RouteEntries = {
  GET: { audience: "staff", permission: "settings:write", summary: "Set-up: billing rules" },
};

export const handler = define.handlers({
  GET: async (ctx) => page(await loadSetup(ctx.state, "billing")),
});
