import { page } from "fresh";
import { actorText } from "@/web/app/words/actor_words.ts";
import { readParams } from "@/web/app/form/input.ts";
import { address, found, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Progress } from "@/web/components/facts/Progress.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { MAIL_STATES } from "@/web/domain/mail/types.ts";
import { formatCount, formatInstant } from "@/web/format.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { businessNow } from "@/web/services/business_clock.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { quietWords } from "../mail/(_parts)/mail_words.tsx";
import { countBatchMails, findMailBatch } from "@/web/store/mail/remind.ts";

export default define.page<typeof handler>(function RemindPage({ data, state }) {
  const { batch, counts, quietUntil, moment } = data;
  const { t } = state;
  const isRunning = batch.finished_at === null;
  const { occasion } = batch;
  const words = WORDS[occasion];
  const of = (name: string) => counts.find((row) => row.state === name)?.count ?? 0;
  const mails = counts.reduce((total, row) => total + row.count, 0);
  const day = batch.created_on.toString();
  // What was skipped once is queued again as the message of its own day.
  const days = occasion === "reminder" ? { from: day, to: day } : {};
  const linkOf = (name: string) => address("/admin/mail", { occasion, state: name, ...days });
  return (
    <>
      <PageHeader
        title={t(words.title)}
        back={{ href: "/admin/bills", label: t("tables.list_bills") }}
        lead={t("deliveries.remind_by", {
          name: actorText(t, batch.created_by),
          at: formatInstant(batch.created_at, moment.zone, t),
        })}
        actions={
          <LinkButton href={address("/admin/mail", { occasion })}>
            {t(words.all)}
          </LinkButton>
        }
      />
      <LiveRegion id="remind">
        <div class="stack">
          {quietUntil !== null && <Banner tone="info">{quietWords(t, quietUntil)}</Banner>}
          {isRunning && (
            <Card title={t(words.queuing)}>
              <Progress
                label={t("deliveries.remind_looked_at")}
                done={batch.done}
                total={batch.total}
                note={t("deliveries.remind_leave")}
              />
            </Card>
          )}
          <Card title={t("deliveries.remind_became")}>
            <div class="stack">
              {mails > 0 && (
                <Progress
                  label={t(words.gone)}
                  done={mails - of("queued")}
                  total={mails}
                />
              )}
              <FactList
                facts={[
                  { label: t("deliveries.remind_asked"), value: formatCount(batch.total) },
                  {
                    label: t("deliveries.remind_left"),
                    value: formatCount(batch.done - batch.queued),
                  },
                  ...MAIL_STATES.filter((name) => of(name) > 0).map((name) => ({
                    label: t(`deliveries.state_${name}`),
                    value: <a href={linkOf(name)}>{formatCount(of(name))}</a>,
                  })),
                ]}
              />
            </div>
          </Card>
        </div>
      </LiveRegion>
    </>
  );
});

const WORDS = {
  reminder: {
    title: "deliveries.remind_title",
    all: "deliveries.all_reminders",
    queuing: "deliveries.remind_queuing",
    gone: "deliveries.remind_gone",
  },
  bill_issued: {
    title: "deliveries.bills_title",
    all: "deliveries.all_bills",
    queuing: "deliveries.bills_queuing",
    gone: "deliveries.bills_gone",
  },
} as const;

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "mail:read",
    params: idParams,
    summary: "How far mails of many bills have come",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const moment = momentOf(ctx.state);
    const data = await readPage(ctx.state, async (trx) => {
      const batch = found(await findMailBatch(trx, id));
      const counts = await countBatchMails(trx, batch);
      const { instant, zone } = businessNow(await getTenant(trx), { now: () => moment.now });
      const waits = counts.find(({ state }) => state === "queued")?.after_at ?? null;
      const isQuiet = waits !== null && Temporal.Instant.compare(waits, instant) > 0;
      return { batch, counts, quietUntil: isQuiet ? waits.toZonedDateTimeISO(zone) : null };
    });
    ctx.state.title = ctx.state.t(WORDS[data.batch.occasion].title);
    ctx.state.live = ["mail"];
    return page({ ...data, moment });
  },
});
