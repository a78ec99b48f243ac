import { page } from "fresh";
import { centavos, formatPeso, ZERO } from "@/shared/money/mod.ts";
import { readInput, readParams } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { DataTable } from "@/web/components/DataTable.tsx";
import { DateText } from "@/web/components/DateText.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { type Fact, FactList } from "@/web/components/FactList.tsx";
import { Flash } from "@/web/components/Flash.tsx";
import { Columns } from "@/web/components/Layout.tsx";
import { Money } from "@/web/components/Money.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { BillPill, Pill } from "@/web/components/Pill.tsx";
import { formatPeriod } from "@/shared/calendar/mod.ts";
import { billQuery } from "@/web/route_table/bills.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { type BillDetail, type BillShareRow, findBill } from "@/web/store/bills.ts";
import { listSubscriptionDetails } from "@/web/store/subscriptions.ts";
import type { PaymentRow } from "@/web/store/payments.ts";
import { balanceOf, describeDue, statusOf } from "../../(_billing)/due_words.ts";
import { found, may, momentOf, readPage } from "../../(_billing)/page_context.ts";
import { TitledTable } from "../../(_billing)/TitledTable.tsx";
import { METHOD_WORDS } from "../../(_billing)/words.ts";

const MESSAGES = {
  voided: "The bill is void. Its number stays used, and the next bill run bills the period again.",
};

export default define.page<typeof handler>(function BillPage({ data, state }) {
  const { bill, connection, moment, done } = data;
  const status = statusOf(bill, moment.today);
  const balance = balanceOf(bill);
  const path = `/admin/bills/${bill.id}`;
  return (
    <>
      <PageHeader
        title={`Bill ${bill.number ?? "draft"}`}
        back={{ href: "/admin/bills", label: "Bills" }}
        pills={<BillPill state={status} />}
        lead={describeDue(bill, connection, moment)}
        actions={
          <>
            {bill.status === "issued" && may(state, "bill:void") && (
              <LinkButton href={`${path}/void`}>Void…</LinkButton>
            )}
            {balance > ZERO && may(state, "payment:post") && (
              <LinkButton
                kind="primary"
                icon="cash"
                href={`/admin/payments/new?subscriber=${bill.subscriber_id}&bill=${bill.id}`}
              >
                Post payment
              </LinkButton>
            )}
          </>
        }
      />
      <Flash done={done} messages={MESSAGES} />
      <Columns
        main={
          <>
            <Card title="What is billed">
              <FactList sum facts={linesOf(bill)} />
            </Card>
            <Shares bill={bill} canOpen={may(state, "payment:read")} />
          </>
        }
        side={
          <Card title="About">
            <FactList
              facts={[
                {
                  label: "Subscriber",
                  value: <a href={`/admin/subscribers/${bill.subscriber_id}`}>{bill.subscriber_name}</a>,
                },
                { label: "Account", value: <CodeText>{bill.account_number}</CodeText> },
                { label: "PPPoE user", value: <CodeText>{bill.ppp_name}</CodeText> },
                { label: "Period", value: formatPeriod(bill.period_start, bill.period_end) },
                { label: "Issued", value: bill.issued_on && <DateText date={bill.issued_on} /> },
                { label: "Due", value: bill.due_on && <DateText date={bill.due_on} /> },
                { label: "Grace", value: `${bill.grace_days} days after the due date` },
              ]}
            />
          </Card>
        }
      />
    </>
  );
});

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
      return { bill, connection: connection ?? null };
    });
    ctx.state.title = `Bill ${data.bill.number ?? "draft"}`;
    return page({ ...data, moment, done });
  },
});

function linesOf(bill: BillDetail): Fact[] {
  const lines = bill.lines.map((line) => ({
    label: line.description.includes("–")
      ? line.description
      : `${line.description}, ${formatPeriod(line.period_start, line.period_end)}`,
    value: <Money amount={centavos(line.amount_centavos)} />,
  }));
  return [
    ...lines,
    { label: "Total", value: <Money amount={centavos(bill.total_centavos)} />, strong: true },
    { label: "Paid", value: <Money amount={centavos(bill.paid_centavos)} /> },
    { label: "To pay", value: <Money amount={balanceOf(bill)} />, strong: true },
  ];
}

function Shares({ bill, canOpen }: { bill: BillDetail; canOpen: boolean }) {
  return (
    <TitledTable title="Payments on this bill">
      <DataTable
        caption="Payments on this bill"
        rows={bill.shares}
        rowHref={canOpen ? (share) => `/admin/payments/${share.payment_id}` : undefined}
        empty={
          <EmptyState icon="cash" title="Nothing paid yet">
            {bill.status === "void" ? "The bill was taken back." : `${formatPeso(balanceOf(bill))} is open.`}
          </EmptyState>
        }
        columns={[
          {
            head: "Payment",
            cell: (share: BillShareRow) => <CodeText>{share.payment_number}</CodeText>,
            fit: true,
          },
          { head: "Received", cell: (share) => <DateText short date={share.received_on} />, fit: true },
          { head: "Method", cell: (share) => METHOD_WORDS[share.method as PaymentRow["method"]] },
          {
            head: "State",
            cell: (share) =>
              share.released_at === null
                ? <Pill tone="ok">Applied</Pill>
                : <Pill tone="mute">Taken back</Pill>,
            phone: "corner",
          },
          {
            head: "Amount",
            kind: "money",
            cell: (share) => <Money amount={centavos(share.amount_centavos)} />,
          },
        ]}
      />
    </TitledTable>
  );
}
