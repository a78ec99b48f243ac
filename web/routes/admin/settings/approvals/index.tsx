import { page } from "fresh";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { readInput } from "@/web/app/form/input.ts";
import { may, readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { DataTable } from "@/web/components/list/DataTable.tsx";
import { permissionWords } from "@/web/components/words/permission_words.ts";
import { APPROVAL_KIND_IDS, type ApprovalPolicy, NO_APPROVAL } from "@/web/domain/approvals/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { policiesQuery } from "@/web/route_table/approvals.ts";
import { listMembers } from "@/web/store/access/members.ts";
import { findSoleOwner, listPolicies } from "@/web/store/approvals/policies.ts";
import { kindText } from "../../approvals/(_parts)/request_words.tsx";
import { SettingsFrame } from "../(_parts)/SettingsFrame.tsx";
import { Deciders } from "./(_parts)/Deciders.tsx";

const PATH = "/admin/settings/approvals";

export default define.page<typeof handler>(function ApprovalsSettingsPage({ data, state }) {
  const { t } = state;
  const mayChange = may(state, "settings:write");
  const rows = APPROVAL_KIND_IDS.map((kind) => ({ kind, policy: data.policies.get(kind) ?? NO_APPROVAL }));
  return (
    <SettingsFrame section="approvals" state={state} done={data.done}>
      <div class="stack">
        <p>{t("approvals.settings_lead")}</p>
        <p class="note">
          {t("approvals.deciders_note", { right: permissionWords(t, "approval:decide") })}
        </p>
      </div>
      <DataTable
        caption={t("approvals.settings_title")}
        rows={rows}
        rowHref={({ kind }) => mayChange ? `${PATH}/${kind}` : undefined}
        rowId={({ kind }) => kind}
        empty={null}
        columns={[
          { head: t("approvals.operation"), cell: ({ kind }) => kindText(kind, t) },
          { head: t("approvals.policy_mode"), cell: ({ policy }) => modeText(policy, t), phone: "corner" },
          {
            head: t("approvals.policy_binds"),
            cell: ({ policy }) => policy.mode !== "off" && <Askers policy={policy} t={t} />,
          },
          {
            head: t("approvals.policy_decides"),
            cell: ({ kind, policy }) =>
              policy.mode !== "off" && <Deciders kind={kind} members={data.members} t={t} />,
          },
        ]}
      />
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
      members: await listMembers(trx),
      soleOwner: await findSoleOwner(trx),
    }));
    ctx.state.title = ctx.state.t("approvals.settings_title");
    return page({ ...data, done });
  },
});

function Askers({ policy: { binds, expireDays }, t }: { policy: ApprovalPolicy; t: Translate }) {
  return (
    <>
      {t(`approvals.binds_${binds}`)}
      <div class="note">{t("approvals.open_for", { n: expireDays })}</div>
    </>
  );
}

function modeText({ mode, fromCentavos, fromCount }: ApprovalPolicy, t: Translate): string {
  if (fromCount !== null) return t("approvals.mode_from_count", { n: fromCount });
  return mode === "above"
    ? t("approvals.mode_from", { amount: formatPeso(centavos(fromCentavos ?? 0n)) })
    : t(`approvals.mode_${mode}`);
}
