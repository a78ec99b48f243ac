import type { Scenario } from "../row.ts";
import { paymentReadBack } from "./payment_read_back.ts";
import { listPage } from "./list_page.ts";

/** All scenarios in the order of the table. */
export const SCENARIOS: readonly Scenario[] = [listPage, paymentReadBack];
