import { centavos, formatPeso, subtract, ZERO } from "@/shared/money/mod.ts";
import { found, mustBeAllowed } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { takeBackForm } from "@/web/route_table/corrections.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { voidMemo } from "@/web/services/payments/void_memo.ts";
import { type AllocationRow, listLiveAllocations } from "@/web/store/payments/allocations.ts";
import { findMemo, type MemoListRow } from "@/web/store/payments/memos.ts";
import { listRefundsOfSource } from "@/web/store/payments/refunds.ts";

const question = define.question({
  params: idParams,
  input: takeBackForm,
  load: async (trx, { params, state }) => {
    const memo = found(await findMemo(trx, params.id));
    if (memo.kind === "write_off") mustBeAllowed(state, "memo:write_off");
    return {
      memo,
      shares: await listLiveAllocations(trx, { sourceId: memo.id }),
      refunds: await listRefundsOfSource(trx, memo.id),
      path: `/admin/memos/${memo.id}`,
    };
  },
  leave: ({ memo, path }) => memo.voided_at === null ? null : path,
  permission: "memo:post",
  audit: "memo.voided",
  summary: "Void a credit memo or write-off",
  title: ({ t, loaded: { memo } }) => t("corrections.void_memo", { number: memo.number }),
  back: ({ t, loaded: { path, memo } }) => ({
    href: path,
    label: t("corrections.one", { number: memo.number }),
  }),
  blocked: ({ t, loaded: { memo, refunds } }) =>
    refunds.length === 0 ? null : (
      <Banner
        tone="info"
        title={t("corrections.memo_refunded")}
        actions={refunds.map((refund) => (
          <LinkButton href={`/admin/refunds/${refund.refund_id}`}>{refund.number}</LinkButton>
        ))}
      >
        {t("corrections.memo_refunded_note", { amount: formatPeso(centavos(memo.refunded_centavos)) })}
      </Banner>
    ),
  question: ({ t, loaded: { memo } }) =>
    t("corrections.void_memo_question", {
      number: memo.number,
      name: memo.subscriber_name,
      amount: formatPeso(centavos(memo.amount_centavos)),
    }),
  tone: "danger",
  effect: ({ t, loaded: { memo, shares } }) => effectOf(t, memo, shares),
  verb: ({ t, loaded: { memo } }) => t("corrections.void_memo_verb", { number: memo.number }),
  labels: { reason: "tables.reason" },
  children: ({ t, field }) => (
    <>
      <p>{t("corrections.void_memo_note")}</p>
      <TextField {...field("reason")} hint={t("bills.reason_hint")} autofocus />
    </>
  ),
  submit: ({ reason }, { call, loaded: { memo } }) => voidMemo(...call, { memoId: memo.id, reason }),
  done: (_value, { loaded: { path } }) => `${path}?done=voided`,
});

export default question.page;
export const { handler, route } = question;

function effectOf(t: Translate, memo: MemoListRow, shares: readonly AllocationRow[]): string {
  const applied = centavos(memo.applied_centavos);
  const credit = subtract(centavos(memo.amount_centavos), applied);
  const parts = [];
  if (applied > ZERO) {
    const bills = [...new Set(shares.map((share) => share.bill_number))].join(", ");
    parts.push(
      t("corrections.owed_again", { name: memo.subscriber_name, amount: formatPeso(applied), bills }),
    );
  }
  if (credit > ZERO) parts.push(t("corrections.credit_gone", { amount: formatPeso(credit) }));
  return parts.join(" ");
}
