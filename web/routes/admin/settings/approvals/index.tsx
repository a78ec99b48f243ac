import { page } from "fresh";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { readInput } from "@/web/app/form/input.ts";
import { may, readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { permissionWords } from "@/web/components/words/permission_words.ts";
import { APPROVAL_KIND_IDS, type ApprovalPolicy, NO_APPROVAL } from "@/web/domain/approvals/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { policiesQuery } from "@/web/route_table/approvals.ts";
import { kindOf } from "@/web/services/approvals/registry.ts";
import { findSoleOwner, listPolicies } from "@/web/store/approvals/policies.ts";
import { kindText } from "../../approvals/(_parts)/request_words.tsx";
import { SettingsFrame } from "../(_parts)/SettingsFrame.tsx";

const PATH = "/admin/settings/approvals";

export default define.page<typeof handler>(function ApprovalsSettingsPage({ data, state }) {
  const { t } = state;
  const mayChange = may(state, "settings:write");
  return (
    <SettingsFrame section="approvals" state={state} done={data.done}>
      <p>{t("approvals.settings_lead")}</p>
      <div class="stack">
        {APPROVAL_KIND_IDS.map((kind) => {
          const policy = data.policies.get(kind) ?? NO_APPROVAL;
          return (
            <Card
              key={kind}
              title={kindText(kind, t)}
              aside={mayChange && (
                <LinkButton small href={`${PATH}/${kind}`}>{t("approvals.policy_change")}</LinkButton>
              )}
            >
              <FactList
                wide
                facts={[
                  { label: t("approvals.policy_mode"), value: modeText(policy, t) },
                  ...(policy.mode === "off" ? [] : [
                    { label: t("approvals.policy_binds"), value: t(`approvals.binds_${policy.binds}`) },
                    {
                      label: t("approvals.policy_days"),
                      value: t("approvals.days", { n: policy.expireDays }),
                    },
                  ]),
                  {
                    label: t("approvals.policy_decides"),
                    value: permissionWords(t, kindOf(kind).decide.permission),
                  },
                ]}
              />
            </Card>
          );
        })}
        <Card
          title={t("approvals.sole_title")}
          aside={mayChange && (
            <LinkButton small href={`${PATH}/sole-owner`}>{t("approvals.policy_change")}</LinkButton>
          )}
        >
          <p>
            {data.soleOwner.mode === "at_once"
              ? t("approvals.sole_at_once_note")
              : t("approvals.sole_cooling_now", { n: data.soleOwner.coolingHours })}
          </p>
        </Card>
        <Banner tone="info" title={t("approvals.brake_title")}>{t("approvals.brake_note")}</Banner>
      </div>
    </SettingsFrame>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "settings:read",
    input: policiesQuery,
    summary: "Which operations need an approval, and whose",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { done } = readInput(ctx.state, policiesQuery);
    const data = await readPage(ctx.state, async (trx) => ({
      policies: await listPolicies(trx),
      soleOwner: await findSoleOwner(trx),
    }));
    ctx.state.title = ctx.state.t("approvals.settings_title");
    return page({ ...data, done });
  },
});

function modeText({ mode, fromCentavos }: ApprovalPolicy, t: Translate): string {
  return mode === "above"
    ? t("approvals.mode_from", { amount: formatPeso(centavos(fromCentavos ?? 0n)) })
    : t(`approvals.mode_${mode}`);
}
