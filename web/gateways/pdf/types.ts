import type { Centavos } from "@/shared/money/mod.ts";
import type { OpenSplit } from "@/web/domain/payments/mod.ts";
import type { Locale } from "@/web/messages/mod.ts";
import type { LogoPicture } from "./logo.ts";

/** Everything that a statement of account says on paper; in words of the subscriber's language once it is drawn. */
export interface StatementPaper {
  locale: Locale;
  company: PaperCompany;
  subscriber: { name: string; accountNumber: string; address: string };
  /** The bill that it comes with; null for a statement of any days. */
  bill: PaperBill | null;
  from: Temporal.PlainDate;
  through: Temporal.PlainDate;
  openingCentavos: Centavos;
  rows: readonly PaperRow[];
  closingCentavos: Centavos;
  tax: PaperTax | null;
  /** What was open on the last day, the oldest due first. */
  open: readonly PaperOpenBill[];
  /** How that is to be paid by who withholds tax. */
  withheld: OpenSplit | null;
}

export interface PaperCompany {
  name: string;
  address: string | null;
  phone: string | null;
  email: string | null;
  /** Of the tax registration; shown with the VAT. */
  registeredName: string | null;
  tin: string | null;
  /** `#rrggbb`; null for Linya's own. */
  brandColour: string | null;
  waysToPay: string | null;
}

export interface PaperBill {
  number: string;
  issuedOn: Temporal.PlainDate;
  dueOn: Temporal.PlainDate;
  periodStart: Temporal.PlainDate;
  periodEnd: Temporal.PlainDate;
  /** When an unpaid bill cuts; null where it cuts nobody. */
  cutOn: Temporal.PlainDate | null;
  isVoid: boolean;
  /** Of its public page. */
  address: string;
}

/** An entry of the account. Texts are as they are stored: codes or words. */
export interface PaperRow {
  on: Temporal.PlainDate;
  kind: "charge" | "payment" | "credit";
  text: string;
  amountCentavos: Centavos;
  balanceCentavos: Centavos;
  /** What a bill is made of; together its amount. */
  lines: readonly { text: string; amountCentavos: Centavos }[];
}

/** See StatementTax of the services. */
export interface PaperTax {
  vatableCentavos: Centavos;
  vatCentavos: Centavos;
  vatBackCentavos: Centavos;
}

export interface PaperOpenBill {
  number: string;
  dueOn: Temporal.PlainDate;
  openCentavos: Centavos;
}

/** The logo of a company, read only when it was not seen before. */
export interface PaperLogo {
  /** Changes with the picture. */
  key: string;
  read(): Promise<LogoPicture | null>;
}
