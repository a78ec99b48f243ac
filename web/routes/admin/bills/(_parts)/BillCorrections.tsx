import { ZERO } from "@/shared/money/mod.ts";
import { type AppState } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { Menu, MenuLink } from "@/web/components/frame/Menu.tsx";
import { correctionOf } from "@/web/domain/payments/mod.ts";
import { toCorrected } from "@/web/services/billing/void_bill.ts";
import { type BillDetail } from "@/web/store/billing/bills.ts";
import { balanceOf } from "@/web/app/words/due_words.ts";
import { may } from "@/web/app/frame/page_context.ts";

/** How a mistake on the bill is put right: what nobody has paid is voided, anything else gets a credit memo. */
export function BillCorrections({ bill, state }: { bill: BillDetail; state: AppState }) {
  const { t } = state;
  if (bill.status !== "issued") return null;
  const path = `/admin/bills/${bill.id}`;
  const isVoidable = correctionOf(toCorrected(bill)).kind === "void";
  const canVoid = may(state, "bill:void");
  const canGive = may(state, "memo:post");
  const canWriteOff = balanceOf(bill) > ZERO && may(state, "memo:write_off");
  // A fee is waived by a memo: it stays on the bill, and why it is not asked for stands beside it.
  const hasFee = bill.lines.some(({ kind }) => kind === "late_fee" || kind === "reconnection_fee");
  const memo = `/admin/subscribers/${bill.subscriber_id}/memo?bill=${bill.id}`;
  return (
    <>
      {isVoidable && canVoid && !hasFee && (
        <LinkButton href={`${path}/void`} dialog>{t("bills.void_link")}</LinkButton>
      )}
      {isVoidable && canGive && hasFee && <LinkButton href={memo}>{t("bills.waive_link")}</LinkButton>}
      {!isVoidable && canGive && (
        <LinkButton href={memo}>{t(hasFee ? "bills.waive_link" : "corrections.memo_link")}</LinkButton>
      )}
      {(canVoid || canGive || canWriteOff) && (
        <Menu label={t("corrections.correct")}>
          {(!isVoidable || hasFee) && canVoid && (
            <MenuLink icon="bill" href={`${path}/void`} dialog>{t("bills.void_link")}</MenuLink>
          )}
          {isVoidable && canGive && !hasFee && (
            <MenuLink icon="bill" href={memo}>{t("corrections.memo_link")}</MenuLink>
          )}
          {canWriteOff && (
            <MenuLink icon="bill" href={`${path}/write-off`} dialog>
              {t("corrections.write_off_link")}
            </MenuLink>
          )}
          {canVoid && (
            <MenuLink icon="bill" href={`${path}/invoice`}>{t("corrections.invoice_link")}</MenuLink>
          )}
        </Menu>
      )}
    </>
  );
}
