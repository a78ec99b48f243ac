import { page } from "fresh";
import { actorText } from "@/web/app/words/actor_words.ts";
import { readParams } from "@/web/app/form/input.ts";
import { address, found, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Progress } from "@/web/components/facts/Progress.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { MAIL_STATES } from "@/web/domain/mail/types.ts";
import { formatCount, formatInstant } from "@/web/format.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { countBatchMails, findMailBatch } from "@/web/store/mail/remind.ts";

export default define.page<typeof handler>(function RemindPage({ data, state }) {
  const { batch, counts, moment } = data;
  const { t } = state;
  const isRunning = batch.finished_at === null;
  const of = (name: string) => counts.find((row) => row.state === name)?.count ?? 0;
  const gone = MAIL_STATES.filter((name) => name !== "queued").reduce((total, name) => total + of(name), 0);
  const day = batch.created_on.toString();
  const linkOf = (name: string) =>
    address("/admin/mail", { occasion: "reminder", state: name, from: day, to: day });
  return (
    <>
      <PageHeader
        title={t("deliveries.remind_title")}
        back={{ href: "/admin/bills", label: t("tables.list_bills") }}
        lead={t("deliveries.remind_by", {
          name: actorText(t, batch.created_by),
          at: formatInstant(batch.created_at, moment.zone, t),
        })}
        actions={
          <LinkButton href={address("/admin/mail", { occasion: "reminder" })}>
            {t("deliveries.all_reminders")}
          </LinkButton>
        }
      />
      <LiveRegion id="remind">
        <div class="stack">
          {isRunning && (
            <Card title={t("deliveries.remind_queuing")}>
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
              {batch.queued > 0 && (
                <Progress
                  label={t("deliveries.remind_gone")}
                  done={gone}
                  total={batch.queued}
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

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "mail:read",
    params: idParams,
    summary: "How far reminders of many bills have come",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const moment = momentOf(ctx.state);
    const data = await readPage(ctx.state, async (trx) => {
      const batch = found(await findMailBatch(trx, id));
      return { batch, counts: await countBatchMails(trx, batch) };
    });
    ctx.state.title = ctx.state.t("deliveries.remind_title");
    ctx.state.live = ["mail"];
    return page({ ...data, moment });
  },
});
