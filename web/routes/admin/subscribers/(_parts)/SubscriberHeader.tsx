import { type AppState } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { useT } from "@/web/components/i18n.ts";
import { Menu, MenuLink } from "@/web/components/frame/Menu.tsx";
import { BillPill, Pill } from "@/web/components/facts/Pill.tsx";
import type { BillStatus } from "@/web/domain/billing/mod.ts";
import { statusOf } from "@/web/app/words/due_words.ts";
import { may } from "@/web/app/frame/page_context.ts";
import { ConnectionPills, serviceOf } from "@/web/app/words/pills.tsx";
import { shortDay } from "@/web/app/words/page_words.ts";
import { type SubscriberView } from "./load_subscriber.ts";

/** The gravest first: what the header shows for all bills together. */
const GRAVITY: readonly BillStatus[] = ["overdue", "grace", "disputed", "partly_paid", "due", "paid"];

/** How the subscriber stands: the gravest bill, and the connection or how many there are. */
export function HeaderPills(
  { view, today, seesMoney }: { view: SubscriberView; today: Temporal.PlainDate; seesMoney: boolean },
) {
  const t = useT();
  const statuses = view.bills.map((bill) => statusOf(bill, today));
  const worst = GRAVITY.find((status) => statuses.includes(status));
  const live = view.connections.filter(({ connection }) => connection.status !== "cancelled");
  const first = live[0] ?? view.connections[0];
  return (
    <>
      {seesMoney && worst !== undefined && <BillPill state={worst} />}
      {view.refusal?.kind === "hard" && <Pill tone="bad">{t("deliveries.refused_pill")}</Pill>}
      {live.length > 1
        ? <Pill tone="mute">{t("subscribers.n_connections", { n: live.length })}</Pill>
        : first !== undefined && (
          <ConnectionPills
            service={serviceOf(first.connection, today)}
            link={first.connection.connection}
            heldUntil={first.connection.hold_until === null
              ? undefined
              : shortDay(first.connection.hold_until, today, t.locale)}
          />
        )}
    </>
  );
}

/** A payment first; everything else that begins here is behind one button. */
export function HeaderActions({ view, state }: { view: SubscriberView; state: AppState }) {
  const { t } = state;
  const { id, name } = view.subscriber;
  const path = `/admin/subscribers/${id}`;
  const canEdit = may(state, "subscriber:write");
  return (
    <>
      {may(state, "payment:post") && (
        <LinkButton kind="primary" icon="cash" href={`/admin/payments/new?subscriber=${id}`}>
          {t("tables.sub_post_payment")}
        </LinkButton>
      )}
      <Menu label={t("subscribers.more_for", { name })}>
        {canEdit && <MenuLink icon="user" href={`${path}/edit`}>{t("subscribers.edit")}</MenuLink>}
        {canEdit && (
          <MenuLink icon="plug" href={`${path}/connection`}>{t("subscribers.add_connection")}</MenuLink>
        )}
        {may(state, "charge:post") && (
          <MenuLink icon="bill" href={`${path}/charge`}>{t("corrections.charge_link")}</MenuLink>
        )}
        {may(state, "memo:post") && (
          <MenuLink icon="bill" href={`${path}/memo`}>{t("corrections.memo_link")}</MenuLink>
        )}
        {view.creditCentavos > 0n && may(state, "refund:post") && (
          <MenuLink icon="cash" href={`${path}/refund`}>{t("corrections.refund_link")}</MenuLink>
        )}
        {may(state, "bill:read") && (
          <MenuLink icon="bill" href={`/admin/memos?subscriber=${id}`}>{t("corrections.all_memos")}</MenuLink>
        )}
        {may(state, "payment:read") && (
          <MenuLink icon="cash" href={`/admin/refunds?subscriber=${id}`}>
            {t("corrections.all_refunds")}
          </MenuLink>
        )}
        {may(state, "bill:read") && (
          <MenuLink icon="bill" href={`/admin/bills?subscriber=${id}`}>{t("subscribers.all_bills")}</MenuLink>
        )}
        {may(state, "payment:read") && (
          <MenuLink icon="cash" href={`/admin/payments?subscriber=${id}`}>
            {t("subscribers.all_payments")}
          </MenuLink>
        )}
        {may(state, "opening_balance:write") && (
          <MenuLink icon="cash" href={`${path}/opening-balance`}>{t("payments.opening_title")}</MenuLink>
        )}
        <MenuLink icon="hold" href={`${path}/privacy`}>{t("privacy.title")}</MenuLink>
        <MenuLink icon="people" href="/admin/subscribers">{t("payments.all_subscribers")}</MenuLink>
      </Menu>
    </>
  );
}
