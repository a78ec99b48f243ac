import { formatDate, formatPeriod } from "@/shared/calendar/mod.ts";
import { formatPeso, ZERO } from "@/shared/money/mod.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { barePage } from "@/web/app/serve/bare_page.tsx";
import { define } from "@/web/app/state.ts";
import { brandColour } from "@/web/domain/settings/mod.ts";
import { type Translate, translator } from "@/web/messages/mod.ts";
import { othersWords } from "@/web/messages/others_words.ts";
import { openPublicBill, type PublicBill } from "@/web/services/mail/public_bill.ts";
import { nowhere, tryOf } from "../(_parts)/open.tsx";

export const route: RouteEntries = {
  GET: { audience: "public", permission: "public", summary: "A bill, for whoever has its address" },
};

export const handler = define.handlers({
  async GET(ctx) {
    const tried = tryOf(ctx);
    const opened = await openPublicBill(ctx.state.services, tried);
    if (opened.kind !== "found") return nowhere(ctx, opened);
    const bill = opened.value;
    const t = translator(bill.language);
    return barePage(ctx.state, {
      title: `${t("public_bill.title", { number: bill.number })} · ${bill.company}`,
      lang: t.locale,
      css: cssOf(bill),
      children: <BillOf bill={bill} t={t} path={`/b/${tried.token}`} />,
    });
  },
});

function BillOf({ bill, t, path }: { bill: PublicBill; t: Translate; path: string }) {
  const isOpen = bill.leftCentavos > ZERO;
  return (
    <>
      <div class="head">
        {bill.hasLogo && <img src={`${path}/logo`} alt="" height={40} />}
        <h1>{bill.company}</h1>
      </div>
      <div class="card top">
        <div class="quiet">{headOf(bill, t)}</div>
        <div class="amount">{formatPeso(isOpen ? bill.leftCentavos : bill.totalCentavos)}</div>
        <div>
          <b>{t(`public_bill.state_${bill.status}`)}</b>
          {isOpen && ` · ${dueWords(bill, t)}`}
        </div>
        {bill.others !== null && (
          <p class="note">{othersWords({ left: bill.leftCentavos, others: bill.others }, t).note}</p>
        )}
        {bill.status === "void" && <p class="note">{t("public_bill.void_note")}</p>}
        {bill.status === "disputed" && <p class="note">{t("public_bill.disputed_note")}</p>}
      </div>
      <div class="card">
        <dl>
          {factsOf(bill, t).map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {bill.hasStatement && (
          <p class="note">
            <a href={`${path}/statement.pdf`}>{t("public_bill.statement")}</a>
          </p>
        )}
      </div>
      {(isOpen || bill.others !== null) && bill.waysToPay !== null && (
        <div class="card">
          <h2>{t("mailing.ways_to_pay")}</h2>
          <div class="lines">{bill.waysToPay}</div>
        </div>
      )}
      <Contacts bill={bill} t={t} />
    </>
  );
}

function dueWords({ status, dueOn }: PublicBill, t: Translate): string {
  const isPast = status === "grace" || status === "overdue";
  return t(isPast ? "mailing.was_due" : "mailing.due_by", { day: formatDate(dueOn, t.locale) });
}

function headOf({ status, leftCentavos }: PublicBill, t: Translate): string {
  if (status === "void") return t("public_bill.is_void");
  return t(leftCentavos > ZERO ? "public_bill.to_pay" : "public_bill.is_paid");
}

function factsOf(bill: PublicBill, t: Translate): [label: string, value: string][] {
  const { start, end } = bill.period;
  return [
    [t("mailing.bill_number"), bill.number],
    [t("mailing.period"), formatPeriod(start, end, t.locale)],
    [t("mailing.due_date"), formatDate(bill.dueOn, t.locale)],
    [t("public_bill.asked"), formatPeso(bill.totalCentavos)],
    ...(bill.paidCentavos > ZERO && bill.leftCentavos > ZERO
      ? [[t("public_bill.paid"), formatPeso(bill.paidCentavos)] as [string, string]]
      : []),
    [t("public_bill.subscriber"), bill.name],
    [t("public_bill.account_end"), bill.accountEnd],
  ];
}

function Contacts({ bill: { company, phone, email, address }, t }: { bill: PublicBill; t: Translate }) {
  if (phone === null && email === null && address === null) return null;
  return (
    <div class="card">
      <h2>{t("public_bill.contact")}</h2>
      <div>{company}</div>
      {address !== null && <div class="lines">{address}</div>}
      {phone !== null && (
        <div>
          <a href={`tel:${phone.replace(/[^\d+]/g, "")}`}>{phone}</a>
        </div>
      )}
      {email !== null && (
        <div>
          <a href={`mailto:${email}`}>{email}</a>
        </div>
      )}
    </div>
  );
}

/** The company's colour where text can be read on it, else Linya's. */
function cssOf({ brandColour: chosen }: PublicBill): string {
  const brand = chosen === null ? null : brandColour(chosen);
  const colour = brand?.isReadable === true ? brand.colour : "#2451c7";
  return `
.head{margin:0 0 12px}
.head img{display:block;max-width:200px;margin:0 0 8px}
.top{border-top:4px solid ${colour}}
.note{margin:12px 0 0}`;
}
