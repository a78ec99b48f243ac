/** Statements of account on paper: PDF files that are made when they are asked for. */
export { StatementPress, STATEMENTS_MAX, type StatementsFile } from "./press.ts";
export type { LogoPicture } from "./logo.ts";
export type {
  PaperBill,
  PaperCompany,
  PaperLogo,
  PaperOpenBill,
  PaperRow,
  PaperTax,
  StatementPaper,
} from "./types.ts";
