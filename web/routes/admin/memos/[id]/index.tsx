import { page } from "fresh";
import { formatDate, formatPeriod } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso, subtract } from "@/shared/money/mod.ts";
import { readInput, readParams } from "@/web/app/form/input.ts";
import { found, may, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { InstantText } from "@/web/components/facts/DateText.tsx";
import type { Fact } from "@/web/components/facts/FactList.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { Columns } from "@/web/components/frame/Layout.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { storedText } from "@/web/messages/coded_text.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { correctionQuery } from "@/web/route_table/corrections.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { findMemo, type MemoListRow } from "@/web/store/payments/memos.ts";
import { listPaymentShares, type PaymentShareRow } from "@/web/store/payments/payments_page.ts";
import { listRefundsOfSource, type SourceRefundRow } from "@/web/store/payments/refunds.ts";
import { findLogoDate } from "@/web/store/settings/tenant_logos.ts";
import { Slip } from "../(_parts)/Slip.tsx";
import { sourceLinks } from "../(_parts)/source_links.tsx";

export default define.page<typeof handler>(function MemoPage({ data, state }) {
  const { memo, shares, refunds, logoAt, moment, done } = data;
  const { t } = state;
  const isLive = memo.voided_at === null;
  return (
    <>
      <PageHeader
        title={t(memo.kind === "write_off" ? "corrections.one_write_off" : "corrections.one", {
          number: memo.number,
        })}
        back={{ href: "/admin/memos", label: t("tables.list_memos") }}
        pills={isLive
          ? <Pill tone="ok">{t("corrections.live")}</Pill>
          : <Pill tone="mute">{t("corrections.voided")}</Pill>}
        actions={
          <>
            {isLive && may(state, "memo:post") &&
              (memo.kind !== "write_off" || may(state, "memo:write_off")) && (
              <LinkButton href={`/admin/memos/${memo.id}/void`} dialog>{t("bills.void_link")}</LinkButton>
            )}
            <LinkButton href={`/admin/subscribers/${memo.subscriber_id}`}>
              {t("payments.open_subscriber")}
            </LinkButton>
          </>
        }
      />
      <div class="no-print">
        <Flash
          done={done}
          messages={{
            given: t("corrections.done_given"),
            written_off: t("corrections.done_written_off"),
            before: t("corrections.done_before"),
            voided: t("corrections.done_voided"),
          }}
        />
      </div>
      {memo.voided_at !== null && (
        <Banner tone="warn" title={t("corrections.voided")}>
          <InstantText at={memo.voided_at} timeZone={moment.zone} />:{" "}
          <StoredText text={memo.void_reason ?? ""} />
        </Banner>
      )}
      <Columns
        main={
          <Slip
            company={moment.tenant}
            logoAt={logoAt}
            title={t(memo.kind === "write_off" ? "corrections.write_off" : "corrections.memo")}
            print={t("payments.print")}
            about={[
              { label: t("tables.number"), value: memo.number },
              { label: t("corrections.given_on"), value: formatDate(memo.issued_on, t.locale) },
              { label: t("corrections.given_to"), value: `${memo.subscriber_name}, ${memo.account_number}` },
              { label: t("tables.why"), value: t(`corrections.kind_${memo.kind}`) },
              { label: t("tables.reason"), value: storedText(t, memo.reason) },
            ]}
            amounts={amountsOf(t, memo, shares, refunds)}
            notes={[
              ...(isLive ? [] : [storedText(t, memo.void_reason ?? "")]),
              t("payments.recorded_by", { name: memo.recorded_by }),
            ]}
            signatures={[t("corrections.signed_by_us")]}
          />
        }
        side={
          <Card title={t("corrections.leads_to")}>
            <FactList facts={linksOf(t, memo, shares, refunds)} />
          </Card>
        }
      />
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "bill:read",
    params: idParams,
    input: correctionQuery,
    summary: "One credit memo or write-off, to print",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const { done } = readInput(ctx.state, correctionQuery);
    const moment = momentOf(ctx.state);
    const data = await readPage(ctx.state, async (trx) => {
      const memo = found(await findMemo(trx, id));
      const shares = await listPaymentShares(trx, id);
      return {
        memo,
        shares: shares.filter((share) => share.released_at === null || memo.voided_at !== null),
        refunds: await listRefundsOfSource(trx, id),
        logoAt: await findLogoDate(trx),
      };
    });
    ctx.state.title = ctx.state.t("corrections.one", { number: data.memo.number });
    return page({ ...data, moment, done });
  },
});

/** Where the amount is: on bills, paid back, or waiting for a bill. */
function amountsOf(
  t: Translate,
  memo: MemoListRow,
  shares: readonly PaymentShareRow[],
  refunds: readonly SourceRefundRow[],
): Fact[] {
  const amount = centavos(memo.amount_centavos);
  const used = centavos(memo.applied_centavos + memo.refunded_centavos);
  const rest = memo.voided_at === null ? subtract(amount, used) : 0n;
  return [
    ...shares.map((share) => ({
      label: `${share.bill_number}, ${formatPeriod(share.period_start, share.period_end, t.locale)}${
        share.released_at === null ? "" : ` ${t("payments.taken_back")}`
      }`,
      value: formatPeso(centavos(share.amount_centavos)),
    })),
    ...refunds.map((refund) => ({
      label: t("corrections.one_refund", { number: refund.number }),
      value: formatPeso(centavos(refund.amount_centavos)),
    })),
    ...(rest > 0n ? [{ label: t("payments.credit_next"), value: formatPeso(centavos(rest)) }] : []),
    { label: t("tables.amount"), value: formatPeso(amount), strong: true },
  ];
}

function linksOf(
  t: Translate,
  memo: MemoListRow,
  shares: readonly PaymentShareRow[],
  refunds: readonly SourceRefundRow[],
): Fact[] {
  return [
    ...(memo.bill_id === null ? [] : [{
      label: t("corrections.given_for"),
      value: <a href={`/admin/bills/${memo.bill_id}`}>{memo.bill_number}</a>,
    }]),
    ...sourceLinks(t, shares, refunds),
    {
      label: t("tables.subscriber"),
      value: <a href={`/admin/subscribers/${memo.subscriber_id}`}>{memo.subscriber_name}</a>,
    },
  ];
}
