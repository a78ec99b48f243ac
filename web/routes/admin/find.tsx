import { page } from "fresh";
import { readInput } from "@/web/app/form/input.ts";
import { wantsJson } from "@/web/app/errors/wants_json.ts";
import { define } from "@/web/app/state.ts";
import { Button } from "@/web/components/form/Button.tsx";
import { NoMatch } from "@/web/components/facts/EmptyState.tsx";
import { Icon } from "@/web/components/facts/Icon.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { findQuery } from "@/web/route_table/find.ts";
import { findAnything, type HitGroup } from "./(_find)/find_anything.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

/** The search as a page: the palette is the same answer without leaving the page one is on. */
export default define.page<typeof handler>(function FindPage({ data, state }) {
  const { t } = state;
  const { words, groups } = data;
  return (
    <>
      <PageHeader title={t("find.title")} lead={t("find.hint")} />
      <form class="find-form" method="get" action="/admin/find">
        <input
          class="input"
          type="search"
          name="q"
          value={words}
          aria-label={t("find.label")}
          placeholder={t("find.placeholder")}
          autocomplete="off"
          autofocus
        />
        <Button kind="primary" icon="search">{t("find.button")}</Button>
      </form>
      {groups.length === 0
        ? (
          <section class="card">
            <NoMatch title={t("find.nothing", { words })}>{t("find.nothing_hint")}</NoMatch>
          </section>
        )
        : groups.map((group) => <Group key={group.title} group={group} />)}
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "signed_in",
    input: findQuery,
    summary: "Records, pages and actions that match; JSON for the palette",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { t } = ctx.state;
    const { q = "" } = readInput(ctx.state, findQuery);
    const findings = await findAnything(ctx.state, q);
    if (wantsJson(ctx.req)) {
      return ctx.json(findings, { headers: { vary: "accept" } });
    }
    ctx.state.title = t("find.title");
    if (findings.exact !== null) return ctx.redirect(findings.exact, 303);
    return page(findings, { headers: { vary: "accept" } });
  },
});

function Group({ group }: { group: HitGroup }) {
  return (
    <section class="card">
      <h2 class="find-head">{group.title}</h2>
      <ul class="find-list">
        {group.hits.map((hit) => (
          <li key={hit.href + hit.title}>
            <a class="find-hit" href={hit.href}>
              <Icon name={group.icon} />
              <span>{hit.title}</span>
              {hit.note && <span class="note">{hit.note}</span>}
              {hit.facts && <span class="note find-facts">{hit.facts}</span>}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
