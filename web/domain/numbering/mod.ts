/** Numbers of bills, receipts and memos. The series itself is kept in the database, under a row lock (rule 17). */
export { formatNumber } from "./format_number.ts";
