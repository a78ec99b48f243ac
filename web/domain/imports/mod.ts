/** Import review: what a router's secrets say, what the office decides, what the import will do. */
export { type CommentFacts, parseComment } from "./parse_comment.ts";
export { type PlanOption, suggestPlan, suggestPlanName } from "./suggest_plan.ts";
export {
  findIssues,
  isBlocked,
  issuesOf,
  type KnownSubscriptions,
  type ReadSecret,
  type ReviewedSecret,
} from "./find_issues.ts";
export { forecastMoney, type MoneyForecast, type PlanAddition, type PlanChange } from "./plan_changes.ts";
export { decideImportRow, type ProfileChoice, type ReviewChoices, type RowDecision } from "./decide_row.ts";
export {
  firstBillProblem,
  type ImportedBilling,
  importedBilling,
  type ImportRules,
  importRulesOf,
  suggestFirstBill,
} from "./first_bill.ts";
export {
  BOUGHT_COLUMNS,
  type BoughtFileCode,
  type BoughtTime,
  nameFarDays,
  type OpeningCoverage,
  openingCoverage,
  type ReadBoughtTime,
  readBoughtTime,
  readDuration,
} from "./bought_time.ts";
export { type CsvLine, readCsv } from "./csv_table.ts";
export { type DateOrder, readFileDate } from "./read_file_date.ts";
export { accountFinder, accountLabel } from "./account_label.ts";
export { importKey, managedService } from "./import_key.ts";
