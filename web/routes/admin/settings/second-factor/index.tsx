import { page } from "fresh";
import { readInput, requireSession } from "@/web/app/form/input.ts";
import { address, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import { placeOf } from "@/web/app/guard/passkey_place.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { ActionForm, LinkButton } from "@/web/components/form/Button.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { formatInstant, formatRelative } from "@/web/format.ts";
import { factorsQuery } from "@/web/route_table/factors.ts";
import { findFactors, findIsRequired } from "@/web/store/access/factors.ts";

const PATH = "/admin/settings/second-factor";

export default define.page<typeof handler>(function SecondFactorPage({ data, state }) {
  const { t, csrfToken } = state;
  const { factors, isRequired, mustEnrol, works, done, now, zone } = data;
  const { appSince, appUsedAt, passkeys, codesLeft } = factors;
  const used = (at: Temporal.Instant | null) =>
    at === null
      ? t("staff.never")
      : <span title={formatInstant(at, zone, t)}>{formatRelative(at, now, t)}</span>;
  const hasAny = appSince !== null || passkeys.length > 0;
  return (
    <>
      <PageHeader
        title={t("factors.title")}
        lead={t("factors.lead")}
        back={mustEnrol ? undefined : { href: "/admin/settings/me", label: t("settings.section_me") }}
      />
      <Flash
        done={done}
        messages={{
          app: t("factors.done_app"),
          passkey: t("factors.done_passkey"),
          removed: t("factors.done_removed"),
          codes: t("factors.done_codes"),
          recovery: t("factors.done_recovery", { count: codesLeft }),
        }}
      />
      {mustEnrol && <Banner tone="warn" title={t("factors.must_title")}>{t("factors.must")}</Banner>}
      {!mustEnrol && isRequired && <p class="note">{t("factors.required_note")}</p>}
      {hasAny && codesLeft < 3 && (
        <Banner
          tone="warn"
          title={t("factors.few_codes", { count: codesLeft })}
          actions={<LinkButton href={`${PATH}/codes`} small>{t("factors.codes_anew")}</LinkButton>}
        >
          {t("factors.few_codes_hint")}
        </Banner>
      )}
      <Card title={t("factors.app")}>
        {appSince === null
          ? (
            <div class="stack">
              <p>{t("factors.app_about")}</p>
              <ActionForm
                action={`${PATH}/app-new`}
                csrfToken={csrfToken}
                kind={hasAny ? "default" : "primary"}
              >
                {t("factors.app_add")}
              </ActionForm>
            </div>
          )
          : (
            <div class="stack">
              <FactList
                facts={[
                  { label: t("factors.since"), value: formatInstant(appSince, zone, t) },
                  { label: t("factors.last_used"), value: used(appUsedAt) },
                ]}
              />
              <div class="cluster">
                <LinkButton href={address(`${PATH}/remove`, { what: "app" })} dialog>
                  {t("factors.app_remove")}
                </LinkButton>
              </div>
            </div>
          )}
      </Card>
      <Card title={t("factors.passkeys")}>
        <div class="stack">
          <p>{t("factors.passkeys_about")}</p>
          {passkeys.length === 0 && <EmptyState icon="user" title={t("factors.no_passkeys")} />}
          {passkeys.map(({ id, name, rp_id, created_at, last_used_at }) => (
            <section key={id} class="stack stack-tight">
              <h3>{name}</h3>
              <FactList
                facts={[
                  { label: t("factors.host"), value: rp_id },
                  { label: t("factors.since"), value: formatInstant(created_at, zone, t) },
                  { label: t("factors.last_used"), value: used(last_used_at) },
                ]}
              />
              <div class="cluster">
                <LinkButton href={address(`${PATH}/remove`, { what: id })} dialog>
                  {t("factors.passkey_remove", { name })}
                </LinkButton>
              </div>
            </section>
          ))}
          {works
            ? (
              <div class="cluster">
                <LinkButton href={`${PATH}/passkey`}>{t("factors.passkey_add")}</LinkButton>
              </div>
            )
            : <p class="note">{t("factors.passkeys_not_here")}</p>}
        </div>
      </Card>
      {hasAny && (
        <Card title={t("factors.codes")}>
          <div class="stack">
            <p>{t("factors.codes_left", { count: codesLeft })}</p>
            <div class="cluster">
              <LinkButton href={`${PATH}/codes`}>{t("factors.codes_anew")}</LinkButton>
            </div>
          </div>
        </Card>
      )}
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "signed_in",
    input: factorsQuery,
    summary: "One's own second factors: app, passkeys, recovery codes",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { state } = ctx;
    const { done } = readInput(state, factorsQuery);
    const { staffUserId, mustEnrol = false } = requireSession(state);
    state.title = state.t("factors.title");
    const { now, zone } = momentOf(state);
    const read = await readPage(state, async (trx) => ({
      factors: await findFactors(trx, staffUserId),
      isRequired: await findIsRequired(trx, staffUserId),
    }));
    return page({ ...read, mustEnrol, works: placeOf(ctx).works, done, now, zone });
  },
});
