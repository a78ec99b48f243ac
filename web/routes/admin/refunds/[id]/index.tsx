import { page } from "fresh";
import { formatDate } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { readInput, readParams } from "@/web/app/form/input.ts";
import { found, may, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { InstantText } from "@/web/components/facts/DateText.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { Columns } from "@/web/components/frame/Layout.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { storedText } from "@/web/messages/coded_text.ts";
import { correctionQuery } from "@/web/route_table/corrections.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { findRefund, listRefundShares, type RefundShareRow } from "@/web/store/payments/refunds.ts";
import { findLogoDate } from "@/web/store/settings/tenant_logos.ts";
import { Slip } from "../../memos/(_parts)/Slip.tsx";

export default define.page<typeof handler>(function RefundPage({ data, state }) {
  const { refund, shares, logoAt, moment, done } = data;
  const { t } = state;
  const isLive = refund.reversed_at === null;
  const method = t(`words.method_${refund.method}`);
  return (
    <>
      <PageHeader
        title={t("corrections.one_refund", { number: refund.number })}
        back={{ href: "/admin/refunds", label: t("tables.list_refunds") }}
        pills={isLive
          ? <Pill tone="ok">{t("corrections.paid_out")}</Pill>
          : <Pill tone="mute">{t("tables.reversed")}</Pill>}
        actions={
          <>
            {isLive && may(state, "refund:post") && (
              <LinkButton href={`/admin/refunds/${refund.id}/reverse`} dialog>
                {t("payments.reverse_link")}
              </LinkButton>
            )}
            <LinkButton href={`/admin/subscribers/${refund.subscriber_id}`}>
              {t("payments.open_subscriber")}
            </LinkButton>
          </>
        }
      />
      <div class="no-print">
        <Flash
          done={done}
          messages={{
            paid: t("corrections.done_paid"),
            before: t("corrections.done_before"),
            reversed: t("corrections.done_reversed"),
          }}
        />
      </div>
      {refund.reversed_at !== null && (
        <Banner tone="warn" title={t("tables.reversed")}>
          <InstantText at={refund.reversed_at} timeZone={moment.zone} />:{" "}
          <StoredText text={refund.reverse_reason ?? ""} />
        </Banner>
      )}
      <Columns
        main={
          <Slip
            company={moment.tenant}
            logoAt={logoAt}
            title={t("corrections.refund")}
            print={t("payments.print")}
            about={[
              { label: t("tables.number"), value: refund.number },
              { label: t("corrections.paid_on"), value: formatDate(refund.paid_on, t.locale) },
              {
                label: t("corrections.paid_to"),
                value: `${refund.subscriber_name}, ${refund.account_number}`,
              },
              {
                label: t("corrections.paid_by"),
                value: refund.reference === null ? method : `${method}, ${refund.reference}`,
              },
              { label: t("tables.reason"), value: storedText(t, refund.reason) },
            ]}
            amounts={[
              ...shares.map((share) => ({
                label: t("corrections.from", { number: share.source_number }),
                value: formatPeso(centavos(share.amount_centavos)),
              })),
              {
                label: t("tables.amount"),
                value: formatPeso(centavos(refund.amount_centavos)),
                strong: true,
              },
            ]}
            notes={[
              ...(isLive ? [] : [storedText(t, refund.reverse_reason ?? "")]),
              t("payments.recorded_by", { name: refund.recorded_by }),
            ]}
            signatures={[t("corrections.signed_by_receiver"), t("payments.signed_by_cashier")]}
          />
        }
        side={
          <Card title={t("corrections.drawn_from")}>
            <FactList
              facts={shares.map((share) => ({
                label: formatPeso(centavos(share.amount_centavos)),
                value: <SourceLink share={share} />,
              }))}
            />
          </Card>
        }
      />
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "payment:read",
    params: idParams,
    input: correctionQuery,
    summary: "One refund, to print",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const { done } = readInput(ctx.state, correctionQuery);
    const moment = momentOf(ctx.state);
    const data = await readPage(ctx.state, async (trx) => ({
      refund: found(await findRefund(trx, id)),
      shares: await listRefundShares(trx, id),
      logoAt: await findLogoDate(trx),
    }));
    ctx.state.title = ctx.state.t("corrections.one_refund", { number: data.refund.number });
    return page({ ...data, moment, done });
  },
});

function SourceLink({ share }: { share: RefundShareRow }) {
  if (share.source_kind === "opening") return <>{share.source_number}</>;
  const place = share.source_kind === "payment" ? "payments" : "memos";
  return <a href={`/admin/${place}/${share.source_id}`}>{share.source_number}</a>;
}
