import { formatDate, formatDateShort } from "@/shared/calendar/mod.ts";
import { add, type Centavos, centavos, formatPeso, sum } from "@/shared/money/mod.ts";
import { type Company, CompanyBlock } from "@/web/components/facts/CompanyBlock.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { useT } from "@/web/components/i18n.ts";
import PrintButton from "@/web/islands/PrintButton.tsx";
import type { StatementEntry, StatementView } from "@/web/services/payments/read_statement.ts";
import { withheldWords } from "../../payments/(_parts)/PaymentFields.tsx";
import { hrefOfLine } from "./ledger_columns.tsx";

interface StatementSheetProps {
  view: StatementView;
  company: Company;
  logoAt: Temporal.Instant | null;
}

/** The statement of account as it is handed over: the only thing of its page that is printed. */
export function StatementSheet({ view, company, logoAt }: StatementSheetProps) {
  const t = useT();
  const { statement, subscriber, through } = view;
  const isCredit = statement.creditBalanceCentavos > 0n;
  return (
    <section class="card sheet">
      <div class="card-head">
        <CompanyBlock company={company} logoAt={logoAt} />
        <span class="no-print">
          <PrintButton label={t("payments.print")} />
        </span>
      </div>
      <div class="card-body stack">
        <div class="sheet-title">
          <div>
            <h2 lang="en">{t("account.soa_title")}</h2>
            <p class="note">{t("account.as_of", { day: formatDate(through, t.locale) })}</p>
          </div>
          <div class="sheet-due">
            <span>{t(isCredit ? "account.credit_balance" : "account.amount_due")}</span>
            <b>
              {formatPeso(isCredit ? statement.creditBalanceCentavos : statement.amountDueCentavos)}
            </b>
          </div>
        </div>
        <FactList
          facts={[
            { label: t("tables.subscriber"), value: subscriber.name },
            { label: t("tables.account"), value: subscriber.account_number },
            ...(placeOf(view) === "" ? [] : [{ label: t("subscribers.address"), value: placeOf(view) }]),
          ]}
        />
        <Lines view={view} />
        <Foot view={view} />
        <Tax view={view} />
        <OpenBills view={view} />
        {view.withheld !== null && <p>{withheldWords(t, view.withheld)}</p>}
        <p class="sheet-note" lang="en">{t("account.soa_note")}</p>
      </div>
    </section>
  );
}

/** Each line with the balance after it, between the balance before and the closing one. */
function Lines({ view: { statement, from, through } }: { view: StatementView }) {
  const t = useT();
  return (
    <table class="sheet-table">
      <caption>
        {t("account.span", {
          from: formatDateShort(from, t.locale),
          to: formatDateShort(through, t.locale),
        })}
      </caption>
      <thead>
        <tr>
          <th scope="col">{t("subscribers.date")}</th>
          <th scope="col">{t("subscribers.what")}</th>
          <th scope="col" class="end">{t("subscribers.charge")}</th>
          <th scope="col" class="end">{t("subscribers.payment_credit")}</th>
          <th scope="col" class="end">{t("tables.balance")}</th>
        </tr>
      </thead>
      <tbody>
        <tr class="strong">
          <td />
          <th scope="row">{t("account.opening")}</th>
          <td />
          <td />
          <td class="end">
            <Money amount={statement.openingCentavos} balance />
          </td>
        </tr>
        {statement.lines.map((line) => <Line key={line.row.id} line={line} />)}
        {statement.lines.length === 0 && (
          <tr>
            <td />
            <td colSpan={4}>{t("account.no_line")}</td>
          </tr>
        )}
        <tr class="strong">
          <td />
          <th scope="row">{t("account.closing")}</th>
          <td />
          <td />
          <td class="end">
            <Money amount={statement.closingCentavos} balance />
          </td>
        </tr>
      </tbody>
    </table>
  );
}

function Line({ line }: { line: StatementEntry & { balanceCentavos: Centavos } }) {
  const t = useT();
  const href = hrefOfLine(line.row);
  const isCharge = line.kind === "charge";
  return (
    <tr>
      <td class="fit">{formatDateShort(line.on, t.locale)}</td>
      <td>
        {href === undefined ? <StoredText text={line.row.description} /> : (
          <a href={href}>
            <StoredText text={line.row.description} />
          </a>
        )}
      </td>
      <td class="end">{isCharge && <Money amount={line.amountCentavos} />}</td>
      <td class="end">{!isCharge && <Money amount={line.amountCentavos} />}</td>
      <td class="end">
        <Money amount={line.balanceCentavos} balance />
      </td>
    </tr>
  );
}

/** The sum that the closing balance is (billing rule 19). */
function Foot({ view: { statement, sums } }: { view: StatementView }) {
  const t = useT();
  return (
    <FactList
      sum
      facts={[
        { label: t("account.opening"), value: <Money amount={sums.openingCentavos} balance /> },
        { label: `+ ${t("account.kind_charge")}`, value: formatPeso(sum(sums.charges)) },
        { label: `− ${t("account.kind_payment")}`, value: formatPeso(sum(sums.payments)) },
        { label: `− ${t("account.kind_credit")}`, value: formatPeso(sum(sums.credits)) },
        {
          label: t("account.closing"),
          value: <Money amount={statement.closingCentavos} balance />,
          strong: true,
        },
      ]}
    />
  );
}

/** What of the charges is sales and what is VAT, for who has any. */
function Tax({ view: { tax } }: { view: StatementView }) {
  const t = useT();
  if (tax === null) return null;
  const { vatableCentavos, vatCentavos, vatBackCentavos } = tax;
  return (
    <section class="stack">
      <h3>{t("bills.vat_title")}</h3>
      <FactList
        sum
        facts={[
          { label: t("bills.vatable"), value: <Money amount={vatableCentavos} /> },
          { label: t("reports.vat"), value: <Money amount={vatCentavos} /> },
          {
            label: t("bills.with_vat"),
            value: <Money amount={add(vatableCentavos, vatCentavos)} />,
            strong: true,
          },
          ...(vatBackCentavos === 0n
            ? []
            : [{ label: t("bills.vat_back"), value: <Money amount={vatBackCentavos} /> }]),
        ]}
      />
    </section>
  );
}

function OpenBills({ view: { open, through } }: { view: StatementView }) {
  const t = useT();
  if (open.length === 0) return <p>{t("account.nothing_open")}</p>;
  return (
    <table class="sheet-table sheet-open">
      <caption>{t("payments.open_bills")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("tables.number")}</th>
          <th scope="col">{t("tables.due")}</th>
          <th scope="col" class="end">{t("tables.to_pay")}</th>
        </tr>
      </thead>
      <tbody>
        {open.map((bill) => (
          <tr key={bill.id}>
            <td>
              <a href={`/admin/bills/${bill.id}`}>{bill.number}</a>
            </td>
            <td>
              {formatDateShort(bill.due_on, t.locale)}
              {daysLate(bill.due_on, through) > 0 && (
                <span class="text-bad">
                  {" · "}
                  {t("account.late", { n: daysLate(bill.due_on, through) })}
                </span>
              )}
            </td>
            <td class="end">
              <Money amount={centavos(bill.open_centavos)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function placeOf({ subscriber: { address, barangay, city } }: StatementView): string {
  return [address, barangay, city].filter((part) => !!part).join(", ");
}

function daysLate(dueOn: Temporal.PlainDate, on: Temporal.PlainDate): number {
  return dueOn.until(on, { largestUnit: "days" }).days;
}
