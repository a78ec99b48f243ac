/** Statements of account on paper: PDF files that are made when they are asked for. */
export { StatementPress, type StatementsFile } from "./press.ts";
export { STATEMENTS_MAX } from "./print_missing.ts";
export { shrinkJpeg } from "./shrink_jpeg.ts";
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
