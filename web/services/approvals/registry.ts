import type { RefusalCode } from "@/shared/codes/mod.ts";
import type { ApprovalKindId } from "@/web/domain/approvals/mod.ts";
import type { ApprovalKind } from "./kind.ts";
import { billVoidKind } from "./kinds/bill_void.ts";
import { cutNowKind } from "./kinds/cut_now.ts";
import { fullExportKind } from "./kinds/full_export.ts";
import { creditMemoKind, writeOffKind } from "./kinds/memo.ts";
import { mailKeysKind } from "./kinds/mail_keys.ts";
import { ownPriceKind } from "./kinds/own_price.ts";
import { paymentReversalKind } from "./kinds/payment_reversal.ts";
import { planPriceKind } from "./kinds/plan_price.ts";
import { refundKind } from "./kinds/refund.ts";
import { routerRemovalKind } from "./kinds/router_removal.ts";
import { serviceEndKind } from "./kinds/service_end.ts";
import { siteRemovalKind } from "./kinds/site_removal.ts";
import { suspensionKind } from "./kinds/suspension.ts";

/** Everything that may need an approval. */
export const APPROVAL_KINDS = {
  service_end: serviceEndKind,
  refund: refundKind,
  write_off: writeOffKind,
  credit_memo: creditMemoKind,
  bill_void: billVoidKind,
  payment_reversal: paymentReversalKind,
  own_price: ownPriceKind,
  plan_price: planPriceKind,
  suspension: suspensionKind,
  cut_now: cutNowKind,
  router_removal: routerRemovalKind,
  site_removal: siteRemovalKind,
  mail_keys: mailKeysKind,
  full_export: fullExportKind,
} as const satisfies Record<ApprovalKindId, unknown>;

type Kinds = typeof APPROVAL_KINDS;

/** What is to be done, by kind. */
export type InputOf<K extends ApprovalKindId> = Kinds[K] extends ApprovalKind<infer Input, infer _V, infer _C>
  ? Input
  : never;
/** What doing it answers. */
export type DoneOf<K extends ApprovalKindId> = Kinds[K] extends ApprovalKind<infer _I, infer Value, infer _C>
  ? Value
  : never;
/** Why it cannot be done. */
export type CodeOf<K extends ApprovalKindId> = Kinds[K] extends ApprovalKind<infer _I, infer _V, infer Code>
  ? Code
  : never;

/** A kind whose input was read by itself. */
export type AnyKind = ApprovalKind<object, unknown, RefusalCode>;

/** A kind by its id. Whoever uses it gives it only what its own `input` has read. */
export function kindOf(id: ApprovalKindId): AnyKind {
  return APPROVAL_KINDS[id] as unknown as AnyKind;
}
