import { type Centavos, centavos, ZERO } from "@/shared/money/mod.ts";
import { type BillStatus, billStatus } from "@/web/domain/billing/mod.ts";
import { accountEnd, shortName } from "@/web/domain/mail/short_name.ts";
import type { OtherBills } from "@/web/domain/mail/content.ts";
import type { MailLanguage } from "@/web/domain/mail/types.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { lookupBillLink } from "@/web/store/mail/bill_links.ts";
import { findMailReader, listMailBills } from "@/web/store/mail/mail_facts.ts";
import { findLogo, findLogoDate, type StoredLogo } from "@/web/store/settings/tenant_logos.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { businessNow } from "../business_clock.ts";
import type { ServiceContext } from "../context.ts";
import { makeBillStatement } from "../statements/make_statement.ts";
import { readOthers } from "./told_of_bills.ts";
import { countPrinted, countWrongLink } from "./public_door.ts";

/** A bill as anybody with its address may see it. */
export interface PublicBill {
  company: string;
  brandColour: string | null;
  hasLogo: boolean;
  phone: string | null;
  email: string | null;
  address: string | null;
  waysToPay: string | null;
  language: MailLanguage;
  number: string;
  /** First name and an initial. */
  name: string;
  /** The last letters of the account number. */
  accountEnd: string;
  status: BillStatus;
  period: { start: Temporal.PlainDate; end: Temporal.PlainDate };
  dueOn: Temporal.PlainDate;
  totalCentavos: Centavos;
  paidCentavos: Centavos;
  leftCentavos: Centavos;
  /** What else is left to pay; null: nothing. */
  others: OtherBills | null;
  hasStatement: boolean;
}

/** What an address without sign-in leads to. */
export type Opened<T> = { kind: "found"; value: T } | { kind: "none" } | {
  kind: "wait";
  seconds: number;
};

/** An address that somebody opened, and from where. */
export interface LinkTry {
  token: string;
  ip: string;
}

/** The bill of an address; what is not signed, taken back or made up is the same: none. */
export function openPublicBill(context: ServiceContext, tried: LinkTry): Promise<Opened<PublicBill>> {
  return openBill(context, tried, (trx, billId) => readPublicBill(trx, context, billId));
}

/** The company's logo beside a bill. */
export function openPublicLogo(context: ServiceContext, tried: LinkTry): Promise<Opened<StoredLogo>> {
  return openBill(context, tried, (trx) => findLogo(trx));
}

/** The Statement of Account of a bill, as anybody with its address may see it. */
export function openPublicStatement(
  context: ServiceContext,
  tried: LinkTry,
): Promise<Opened<{ fileName: string; bytes: Uint8Array }>> {
  return openBill(
    context,
    tried,
    (trx, billId) => makeBillStatement(trx, context, billId, { isAnybody: true }),
    (billId) => countPrinted(context, tried.ip, billId),
  );
}

async function openBill<T>(
  context: ServiceContext,
  { token, ip }: LinkTry,
  read: (trx: TenantTransaction, billId: string) => Promise<T | null>,
  /** Seconds that whoever asks too often has to wait. */
  waits: (billId: string) => Promise<number | null> = () => Promise.resolve(null),
): Promise<Opened<T>> {
  const billId = context.links?.billIdOf(token) ?? null;
  // No such address was ever made: nothing is looked up, and nothing is counted.
  if (context.links === undefined || billId === null) return { kind: "none" };
  const link = await lookupBillLink(context.db, billId);
  const isRight = await context.links.isBillToken(token, {
    id: billId,
    link_generation: link?.link_generation ?? 0,
  });
  if (link === null || !isRight) {
    const seconds = await countWrongLink(context, ip);
    return seconds === null ? { kind: "none" } : { kind: "wait", seconds };
  }
  const wait = await waits(billId);
  if (wait !== null) return { kind: "wait", seconds: wait };
  const value = await withTenant(context.db, link.tenant_id, (trx) => read(trx, billId), { readOnly: true });
  return value === null ? { kind: "none" } : { kind: "found", value };
}

async function readPublicBill(
  trx: TenantTransaction,
  { clock }: ServiceContext,
  billId: string,
): Promise<PublicBill | null> {
  const [bill] = await listMailBills(trx, [billId]);
  const reader = bill === undefined ? null : await findMailReader(trx, bill.subscriber_id);
  if (bill === undefined || reader === null) return null;
  const tenant = await getTenant(trx);
  const { today } = businessNow(tenant, clock);
  const [total, paid] = [centavos(bill.total_centavos), centavos(bill.paid_centavos)];
  const status = billStatus({
    status: bill.status,
    totalCentavos: total,
    paidCentavos: paid,
    disputedCentavos: centavos(bill.disputed_centavos),
    dueOn: bill.due_on,
    graceDays: bill.grace_days,
    today,
  });
  return {
    company: tenant.name,
    brandColour: tenant.brand_colour,
    hasLogo: await findLogoDate(trx) !== null,
    phone: tenant.phone,
    email: tenant.email,
    address: tenant.address,
    waysToPay: tenant.ways_to_pay,
    language: reader.language,
    number: bill.number,
    name: shortName(reader.name),
    accountEnd: accountEnd(reader.account_number),
    status,
    period: { start: bill.period_start, end: bill.period_end },
    dueOn: bill.due_on,
    totalCentavos: total,
    paidCentavos: paid,
    leftCentavos: bill.status === "issued" ? centavos(total - paid) : ZERO,
    others: bill.status === "issued" ? await readOthers(trx, [bill]) : null,
    hasStatement: bill.status === "issued",
  };
}
