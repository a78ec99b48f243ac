import { actorText } from "@/web/app/words/actor_words.ts";
import { DisputePill } from "@/web/app/words/DisputePill.tsx";
import { shortDay } from "@/web/app/words/page_words.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { DateText } from "@/web/components/facts/DateText.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { useT } from "@/web/components/i18n.ts";
import { centavos } from "@/shared/money/mod.ts";
import { disputeState } from "@/web/domain/billing/mod.ts";
import type { BillRow } from "@/web/store/billing/bills.ts";
import type { DisputeRow } from "@/web/store/billing/disputes.ts";

/** A dispute of a bill: how much, why, by when, and what was decided. */
export function DisputeCard(
  { dispute, bill, today }: { dispute: DisputeRow; bill: BillRow; today: Temporal.PlainDate },
) {
  const t = useT();
  const state = disputeState(
    { decision: dispute.decision, decideByOn: dispute.decide_by_on, isBillVoid: bill.status === "void" },
    today,
  );
  const said = (name: string, on: Temporal.PlainDate) =>
    t("bills.dispute_said", { name: actorText(t, name), day: shortDay(on, today, t.locale) });
  const { decided_by: by, decided_on: on, note } = dispute;
  return (
    <Card title={t("bills.dispute_title")}>
      <FactList
        facts={[
          { label: t("tables.state"), value: <DisputePill state={state} /> },
          { label: t("bills.disputed"), value: <Money amount={centavos(dispute.amount_centavos)} /> },
          { label: t("tables.reason"), value: dispute.reason },
          { label: t("bills.dispute_opened"), value: said(dispute.opened_by, dispute.opened_on) },
          ...(dispute.decision === null
            ? [{ label: t("bills.dispute_by"), value: <DateText date={dispute.decide_by_on} /> }]
            : []),
          ...(by === null || on === null ? [] : [{ label: t("bills.dispute_decided"), value: said(by, on) }]),
          ...(note === null ? [] : [{ label: t("bills.decide_note"), value: note }]),
        ]}
      />
    </Card>
  );
}
