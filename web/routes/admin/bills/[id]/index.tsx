import { parseCoded } from "@/shared/codes/mod.ts";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { page } from "fresh";
import { centavos, formatPeso, ZERO } from "@/shared/money/mod.ts";
import { readInput, readParams } from "@/web/app/form/input.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { DataTable } from "@/web/components/list/DataTable.tsx";
import { DateText } from "@/web/components/facts/DateText.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { type Fact, FactList } from "@/web/components/facts/FactList.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { useT } from "@/web/components/i18n.ts";
import { Columns } from "@/web/components/frame/Layout.tsx";
import { Menu, MenuLink } from "@/web/components/frame/Menu.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { BillPill, Pill } from "@/web/components/facts/Pill.tsx";
import { formatPeriod } from "@/shared/calendar/mod.ts";
import { correctionOf, type OpenSplit } from "@/web/domain/payments/mod.ts";
import { billQuery } from "@/web/route_table/bills.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { toCorrected } from "@/web/services/billing/void_bill.ts";
import { taxFacts } from "@/web/app/words/tax_words.tsx";
import { type ExplainedLine, formatBasisPoints, type LineSum, pricedOf } from "@/web/domain/billing/mod.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import { explainBill } from "@/web/services/billing/explain_bill.ts";
import { type BillDetail, type BillShareRow, findBill } from "@/web/store/billing/bills.ts";
import { listOpenOnDay } from "@/web/store/billing/account_lines.ts";
import { withheldSplit } from "@/web/services/payments/withheld_split.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { listDisputesOf } from "@/web/store/billing/disputes.ts";
import { listSubscriptionDetails } from "@/web/store/subscribers/subscriptions.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { balanceOf, describeDue, statusOf } from "@/web/app/words/due_words.ts";
import { found, may, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import { TitledTable } from "@/web/components/list/TitledTable.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { DisputeCard } from "../(_parts)/DisputeCard.tsx";
import { keysOfBill } from "../../(_lists)/keys_of.ts";

export default define.page<typeof handler>(function BillPage({ data, state }) {
  const { bill, connection, disputes, explained, withheld, moment, done } = data;
  const isDisputed = disputes.some(({ decision }) => decision === null);
  const { t } = state;
  const status = statusOf(bill, moment.today);
  const balance = balanceOf(bill);
  const path = `/admin/bills/${bill.id}`;
  return (
    <>
      <PageHeader
        title={t("bills.one", { number: bill.number ?? t("bills.draft") })}
        back={{ href: "/admin/bills", label: t("tables.list_bills") }}
        pills={<BillPill state={status} />}
        keys={keysOfBill(state, { id: bill.id, subscriberId: bill.subscriber_id, isOpen: balance > ZERO })}
        lead={describeDue(t, bill, connection, moment)}
        actions={
          <>
            {bill.status === "issued" && may(state, "bill:dispute") && (isDisputed || balance > ZERO) && (
              <LinkButton href={`${path}/${isDisputed ? "decide" : "dispute"}`} dialog>
                {t(isDisputed ? "bills.decide_link" : "bills.dispute_link")}
              </LinkButton>
            )}
            <Corrections bill={bill} state={state} />
            {balance > ZERO && may(state, "payment:post") && (withheld?.certificateCentavos ?? ZERO) > ZERO &&
              (
                <LinkButton
                  href={`/admin/payments/new?subscriber=${bill.subscriber_id}&bill=${bill.id}&method=withholding_2307`}
                >
                  {t("payments.post_certificate")}
                </LinkButton>
              )}
            {balance > ZERO && may(state, "payment:post") && (
              <LinkButton
                kind="primary"
                icon="cash"
                href={`/admin/payments/new?subscriber=${bill.subscriber_id}&bill=${bill.id}`}
              >
                {t("tables.sub_post_payment")}
              </LinkButton>
            )}
          </>
        }
      />
      <Flash
        done={done}
        messages={{
          voided: t("bills.done_voided"),
          voided_only: t("corrections.done_voided_only"),
          invoice_noted: t("corrections.done_invoice"),
          charged: t("corrections.done_charged"),
          charged_before: t("corrections.done_charged_before"),
          disputed: t("bills.done_disputed"),
          decided: t("bills.done_decided"),
        }}
      />
      <Columns
        main={
          <>
            <Card title={t("bills.billed")}>
              <FactList sum facts={[...linesOf(t, bill, explained), ...withheldFacts(t, withheld)]} />
              {bill.tax_mode !== "non_vat" && <p class="note" lang="en">{t("account.soa_note")}</p>}
            </Card>
            <Shares bill={bill} canOpen={may(state, "payment:read")} />
          </>
        }
        side={
          <>
            {disputes.map((dispute) => (
              <DisputeCard key={dispute.id} dispute={dispute} bill={bill} today={moment.today} />
            ))}
            <Card title={t("bills.about")}>
              <FactList
                facts={[
                  {
                    label: t("tables.subscriber"),
                    value: <a href={`/admin/subscribers/${bill.subscriber_id}`}>{bill.subscriber_name}</a>,
                  },
                  { label: t("tables.account"), value: <CodeText>{bill.account_number}</CodeText> },
                  { label: t("tables.user"), value: <CodeText>{bill.ppp_name}</CodeText> },
                  {
                    label: t("tables.period"),
                    value: formatPeriod(bill.period_start, bill.period_end, t.locale),
                  },
                  { label: t("tables.issued"), value: bill.issued_on && <DateText date={bill.issued_on} /> },
                  { label: t("tables.due"), value: bill.due_on && <DateText date={bill.due_on} /> },
                  ...(bill.late_fee_on === null ? [] : [{
                    label: t("bills.late_fee_from"),
                    value: <DateText date={bill.late_fee_on} />,
                  }]),
                  { label: t("bills.grace"), value: t("bills.grace_days", { n: bill.grace_days }) },
                  ...(bill.bir_invoice_no === null ? [] : [{
                    label: t("corrections.invoice"),
                    value: <CodeText>{bill.bir_invoice_no}</CodeText>,
                  }]),
                ]}
              />
            </Card>
          </>
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
    input: billQuery,
    summary: "One bill with its lines and payments",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const { done } = readInput(ctx.state, billQuery);
    const moment = momentOf(ctx.state);
    const data = await readPage(ctx.state, async (trx) => {
      const bill = found(await findBill(trx, id));
      const [connection] = await listSubscriptionDetails(
        trx,
        { subscriptionId: bill.subscription_id },
        moment,
      );
      const explained = await explainBill(trx, bill, connection?.activated_on ?? null);
      return {
        bill,
        connection: connection ?? null,
        explained,
        withheld: await readWithheld(trx, bill),
        disputes: await listDisputesOf(trx, id),
      };
    });
    const { t } = ctx.state;
    ctx.state.title = t("bills.one", { number: data.bill.number ?? t("bills.draft") });
    return page({ ...data, moment, done });
  },
});

function linesOf(
  t: Translate,
  bill: BillDetail,
  explained: ReadonlyMap<number, ExplainedLine>,
): Fact[] {
  const priced = (line: BillDetail["lines"][number]) =>
    pricedOf(bill.tax_mode, line.amount_centavos, line.vat_centavos);
  const lines = bill.lines.map((line) => ({
    label: (
      <>
        {lineWords(t, line)}
        <Explanation of={explained.get(line.line_no)} amountCentavos={priced(line)} />
      </>
    ),
    value: <Money amount={priced(line)} />,
  }));
  return [
    ...lines,
    ...taxFacts(t, {
      mode: bill.tax_mode,
      rateBp: bill.vat_rate_bp,
      vatableCentavos: centavos(bill.vatable_centavos),
      vatCentavos: centavos(bill.vat_centavos),
    }),
    { label: t("tables.total"), value: <Money amount={centavos(bill.total_centavos)} />, strong: true },
    { label: t("bills.paid"), value: <Money amount={centavos(bill.paid_centavos)} /> },
    { label: t("tables.to_pay"), value: <Money amount={balanceOf(bill)} />, strong: true },
  ];
}

/** How what is open is to be paid by who withholds tax. */
function withheldFacts(t: Translate, withheld: OpenSplit | null): Fact[] {
  if (withheld === null || withheld.certificateCentavos === ZERO) return [];
  return [
    { label: t("payments.in_money"), value: <Money amount={withheld.moneyCentavos} /> },
    { label: t("payments.by_certificate"), value: <Money amount={withheld.certificateCentavos} /> },
  ];
}

async function readWithheld(trx: TenantTransaction, bill: BillDetail): Promise<OpenSplit | null> {
  const subscriber = await findSubscriber(trx, bill.subscriber_id);
  const rateBp = subscriber?.withholding_rate_bp ?? null;
  if (rateBp === null || balanceOf(bill) === ZERO) return null;
  const open = await listOpenOnDay(trx, { subscriberId: bill.subscriber_id });
  return withheldSplit(open.filter(({ id }) => id === bill.id), rateBp);
}

/** What a line is for. Lines of earlier versions are English, and the oldest leave their period out. */
function lineWords(t: Translate, { description, period_start, period_end }: BillDetail["lines"][number]) {
  if (parseCoded(description) !== null || description.includes("–")) return <StoredText text={description} />;
  return `${description}, ${formatPeriod(period_start, period_end, t.locale)}`;
}

/** How a mistake on the bill is put right: what nobody has paid is voided, anything else gets a credit memo. */
function Corrections({ bill, state }: { bill: BillDetail; state: AppState }) {
  const { t } = state;
  if (bill.status !== "issued") return null;
  const path = `/admin/bills/${bill.id}`;
  const isVoidable = correctionOf(toCorrected(bill)).kind === "void";
  const canVoid = may(state, "bill:void");
  const canGive = may(state, "memo:post");
  const canWriteOff = balanceOf(bill) > ZERO && may(state, "memo:write_off");
  // A fee is waived by a memo: it stays on the bill, and why it is not asked for stands beside it.
  const hasFee = bill.lines.some(({ kind }) => kind === "late_fee" || kind === "reconnection_fee");
  const memo = `/admin/subscribers/${bill.subscriber_id}/memo?bill=${bill.id}`;
  return (
    <>
      {isVoidable && canVoid && !hasFee && (
        <LinkButton href={`${path}/void`} dialog>{t("bills.void_link")}</LinkButton>
      )}
      {isVoidable && canGive && hasFee && <LinkButton href={memo}>{t("bills.waive_link")}</LinkButton>}
      {!isVoidable && canGive && (
        <LinkButton href={memo}>{t(hasFee ? "bills.waive_link" : "corrections.memo_link")}</LinkButton>
      )}
      {(canVoid || canGive || canWriteOff) && (
        <Menu label={t("corrections.correct")}>
          {(!isVoidable || hasFee) && canVoid && (
            <MenuLink icon="bill" href={`${path}/void`} dialog>{t("bills.void_link")}</MenuLink>
          )}
          {isVoidable && canGive && !hasFee && (
            <MenuLink icon="bill" href={memo}>{t("corrections.memo_link")}</MenuLink>
          )}
          {canWriteOff && (
            <MenuLink icon="bill" href={`${path}/write-off`} dialog>
              {t("corrections.write_off_link")}
            </MenuLink>
          )}
          {canVoid && (
            <MenuLink icon="bill" href={`${path}/invoice`}>{t("corrections.invoice_link")}</MenuLink>
          )}
        </Menu>
      )}
    </>
  );
}

/** Why a line is there, and its arithmetic. */
function Explanation(
  { of, amountCentavos }: { of: ExplainedLine | undefined; amountCentavos: bigint },
) {
  const t = useT();
  if (of === undefined || of.why.length === 0) return null;
  return (
    <div class="note">
      {of.why.map((coded) => codedText(t, coded)).join(" ")}
      {of.sum !== null && (of.sum.days !== null || of.sum.basisPoints !== null) && (
        <div>{sumWords(of.sum)} = {formatPeso(centavos(amountCentavos))}</div>
      )}
    </div>
  );
}

/** `₱999.99 × 87.5% × 22 ÷ 31` */
function sumWords({ baseCentavos, basisPoints, days, lessCentavos, isTakenOff }: LineSum): string {
  const kept = basisPoints === null ? "" : ` × ${formatBasisPoints(basisPoints)}%`;
  const part = days === null ? "" : ` × ${days.count} ÷ ${days.of}`;
  const less = lessCentavos === null ? "" : ` − ${formatPeso(lessCentavos)}`;
  const sum = `${formatPeso(baseCentavos)}${kept}${part}${less}`;
  return isTakenOff ? `−(${sum})` : sum;
}

function Shares({ bill, canOpen }: { bill: BillDetail; canOpen: boolean }) {
  const t = useT();
  return (
    <TitledTable title={t("bills.shares")}>
      <DataTable
        caption={t("bills.shares")}
        rows={bill.shares}
        rowHref={canOpen ? hrefOfShare : undefined}
        empty={
          <EmptyState icon="cash" title={t("bills.none_paid")}>
            {bill.status === "void"
              ? t("bills.taken_back")
              : t("bills.is_open", { amount: formatPeso(balanceOf(bill)) })}
          </EmptyState>
        }
        columns={[
          {
            head: t("bills.payment"),
            cell: (share: BillShareRow) => <CodeText>{share.source_number}</CodeText>,
            fit: true,
          },
          {
            head: t("tables.received"),
            cell: (share) => <DateText short date={share.received_on} />,
            fit: true,
          },
          {
            head: t("tables.method"),
            cell: (share) =>
              share.method === null
                ? share.source_kind === "memo" && t("corrections.memo")
                : t(`words.method_${share.method}`),
          },
          {
            head: t("tables.state"),
            cell: (share) =>
              share.released_at === null
                ? <Pill tone="ok">{t("bills.share_applied")}</Pill>
                : <Pill tone="mute">{t("bills.share_released")}</Pill>,
            phone: "corner",
          },
          {
            head: t("tables.amount"),
            kind: "money",
            cell: (share) => <Money amount={centavos(share.amount_centavos)} />,
          },
        ]}
      />
    </TitledTable>
  );
}

function hrefOfShare({ source_id, source_kind }: BillShareRow): string | undefined {
  if (source_kind === "opening") return undefined;
  return `/admin/${source_kind === "payment" ? "payments" : "memos"}/${source_id}`;
}
