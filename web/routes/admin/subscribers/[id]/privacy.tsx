import { page } from "fresh";
import { secretOwner } from "@/shared/protocol/mod.ts";
import { readInput, readParams } from "@/web/app/form/input.ts";
import { found, may, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { actorText } from "@/web/app/words/actor_words.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { formatInstant } from "@/web/format.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { privacyQuery } from "@/web/route_table/privacy.ts";
import { listConsents } from "@/web/store/privacy/consents.ts";
import { readErasureProgress } from "@/web/store/privacy/erasure_steps.ts";
import { findErasureOf, listSecretsLeft, readBlockers } from "@/web/store/privacy/erasures.ts";
import { listOpenings } from "@/web/store/privacy/openings.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { blockerWords } from "../(_parts)/erasure.ts";

const OPENINGS_SHOWN = 100;
const DONE = ["erased", "asked", "going", "withdrawn", "consent"] as const;

export default define.page<typeof handler>(function PrivacyPage({ data, state }) {
  const { t } = state;
  const { subscriber, consents, erasure, progress, blockers, left, openings, seesWhy, zone, days, done } =
    data;
  const isGoing = erasure?.state === "asked" && erasure.started_at !== null;
  const stopped = blockers === null
    ? []
    : seesWhy
    ? blockerWords(t, blockers)
    : [t("privacy.stopped_hidden")];
  const isWithdrawable = erasure?.state === "asked" &&
    (!isGoing || stopped.length > 0 && erasure.log_changed === 0n);
  const path = `/admin/subscribers/${subscriber.id}`;
  const isErased = subscriber.erased_at !== null;
  const day = (at: Temporal.Instant) => formatInstant(at, zone, t);
  return (
    <>
      <PageHeader
        title={t("privacy.title_of", { name: subscriber.name })}
        back={{ href: path, label: subscriber.name }}
      />
      <Flash
        done={done}
        messages={Object.fromEntries(DONE.map((name) => [name, t(`privacy.done_${name}`)]))}
      />
      <div class="stack">
        <Card
          title={t("privacy.card_consent")}
          foot={may(state, "subscriber:write") && !isErased && (
            <LinkButton href={`${path}/consent`}>{t("privacy.consent_change")}</LinkButton>
          )}
        >
          <p class="note">{t("privacy.consent_note")}</p>
          {consents.length === 0 && <p>{t("privacy.consent_state", { state: "unknown" })}</p>}
          <FactList
            facts={consents.map((row) => ({
              label: t("privacy.consent_state", { state: row.state }),
              value: (
                <>
                  {t("privacy.consent_by", {
                    day: day(row.noted_at),
                    way: row.way,
                    who: actorText(t, row.noted_by),
                  })}
                  {" · "}
                  {t("privacy.consent_version", { n: row.version })}
                </>
              ),
            }))}
          />
        </Card>
        {may(state, "privacy:export") && (
          <Card
            title={t("privacy.card_data")}
            foot={
              <LinkButton icon="export" href={`${path}/personal-data`}>{t("privacy.data_get")}</LinkButton>
            }
          >
            <p>{t("privacy.data_note")}</p>
          </Card>
        )}
        <LiveRegion id="erasure">
          <Card
            title={t("privacy.card_erasure")}
            foot={may(state, "privacy:erase") && !isErased && (
              isWithdrawable
                ? <LinkButton href={`${path}/erase-withdraw`}>{t("privacy.withdraw")}</LinkButton>
                : !isGoing && (
                  <LinkButton kind="danger" href={`${path}/erase`}>{t("privacy.erase")}</LinkButton>
                )
            )}
          >
            <p>
              {subscriber.erased_at !== null
                ? t("privacy.erasure_done", { day: day(subscriber.erased_at) })
                : isGoing && stopped.length > 0
                ? t("privacy.erasure_stopped", {
                  day: day(erasure.started_at ?? erasure.asked_at),
                  gone: erasure.log_changed === 0n ? "no" : "yes",
                })
                : isGoing && progress !== null
                ? t("privacy.erasure_going", {
                  day: day(erasure.started_at ?? erasure.asked_at),
                  looked: Number(progress.looked),
                  entries: Number(progress.entries),
                  lines: Number(progress.lines),
                })
                : erasure?.state === "asked"
                ? t("privacy.erasure_asked", {
                  day: day(erasure.asked_at),
                  who: actorText(t, erasure.asked_by),
                })
                : t("privacy.erasure_none")}
            </p>
            {stopped.length > 0 && <ul>{stopped.map((words) => <li key={words}>{words}</li>)}</ul>}
          </Card>
        </LiveRegion>
        {isErased && left.length > 0 && (
          <Card title={t("privacy.card_left")}>
            <p>{t("privacy.left_note")}</p>
            <ul>
              {left.map(({ subscription_id: id, router_name: router }) => (
                <li key={id}>{t("privacy.left_on", { router, mark: secretOwner(id) })}</li>
              ))}
            </ul>
          </Card>
        )}
        {openings !== null && (
          <Card title={t("privacy.card_openings")}>
            <p class="note">{t("privacy.openings_note", { days })}</p>
            {openings.length === 0 && <p>{t("privacy.openings_none", { days })}</p>}
            <FactList
              facts={openings.map((row) => ({
                label: row.name ?? t("audit.who_unknown"),
                value: day(row.opened_at),
              }))}
            />
          </Card>
        )}
      </div>
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "subscriber:read",
    params: idParams,
    input: privacyQuery,
    summary: "What one subscriber agreed to, who opened their record, and how they are erased",
  },
};

export const handler = define.handlers({
  async GET({ state }) {
    const { id } = readParams(state, idParams);
    const { done } = readInput(state, privacyQuery);
    const { zone, tenant } = momentOf(state);
    const seesLog = may(state, "audit:read");
    const view = await readPage(state, async (trx) => {
      const subscriber = found(await findSubscriber(trx, id));
      const erasure = await findErasureOf(trx, id);
      const isGoing = erasure?.state === "asked" && erasure.started_at !== null;
      return {
        subscriber,
        consents: await listConsents(trx, id),
        erasure,
        blockers: isGoing && subscriber.erased_at === null ? await readBlockers(trx, id) : null,
        progress: isGoing ? await readErasureProgress(trx, erasure.id) : null,
        left: subscriber.erased_at === null ? [] : await listSecretsLeft(trx, id),
        openings: seesLog ? await listOpenings(trx, id, { limit: OPENINGS_SHOWN }) : null,
      };
    });
    state.live = [`subscriber:${id}`];
    state.title = state.t("privacy.title_of", { name: view.subscriber.name });
    // What is owed is for who sees bills, and for who is to erase.
    const seesWhy = may(state, "privacy:erase") || may(state, "bill:read");
    return page({ ...view, seesWhy, zone, days: tenant.opening_days, done });
  },
});
