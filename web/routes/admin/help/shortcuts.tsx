import { page } from "fresh";
import { requireSession } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { Button } from "@/web/components/form/Button.tsx";
import { Csrf } from "@/web/components/form/Csrf.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { pageKeys } from "../(_find)/destinations.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

/** The shortcuts, as a page and (with scripts, by `?`) as a dialog over the page one is on. */
export default define.page<typeof handler>(function ShortcutsPage({ data, state }) {
  const { t, csrfToken } = state;
  return (
    <>
      <PageHeader title={t("find.help_title")} lead={t("find.help_lead")} />
      <section class="card help-card" data-panel>
        <div class="card-body">
          <h2 class="sr-only">{t("find.help_title")}</h2>
          {groupsOf(t, data.pages).map(({ title, rows }) => (
            <table class="keys" key={title}>
              <caption>{title}</caption>
              <thead class="sr-only">
                <tr>
                  <th scope="col">{t("find.help_key")}</th>
                  <th scope="col">{t("find.help_does")}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map(([keys, does]) => (
                  <tr key={keys}>
                    <td>
                      <Keys keys={keys} then={t("find.then")} />
                    </td>
                    <td>{does}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          ))}
          <form class="form-actions" method="post" action="/admin/preferences">
            <Csrf token={csrfToken} />
            <input type="hidden" name="back" value="/admin/help/shortcuts" />
            <p>{t(data.areOn ? "find.help_on" : "find.help_off")}</p>
            <Button name="shortcuts" value={data.areOn ? "off" : "on"}>
              {t(data.areOn ? "find.help_turn_off" : "find.help_turn_on")}
            </Button>
          </form>
        </div>
      </section>
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "signed_in",
    summary: "Keyboard shortcuts",
  },
};

export const handler = define.handlers({
  GET(ctx) {
    const { t, table } = ctx.state;
    ctx.state.title = t("find.help_title");
    const { permissions, preferences } = requireSession(ctx.state);
    return page({ pages: pageKeys({ table, permissions }, t), areOn: preferences?.shortcuts !== false });
  },
});

interface KeyGroup {
  title: string;
  /** Keys with a space between strokes, a bar between alternatives. */
  rows: [keys: string, does: string][];
}

function groupsOf(t: Translate, pages: readonly { keys: string; name: string }[]): KeyGroup[] {
  return [
    {
      title: t("find.help_anywhere"),
      rows: [
        ["Ctrl+K", t("find.help_find")],
        ["/", t("find.help_search")],
        ["n", t("find.help_new")],
        ["e", t("find.help_edit")],
        ["h", t("find.help_hold")],
        ["p", t("find.help_pay")],
        ["?", t("find.help_help")],
        ["Esc", t("find.help_escape")],
      ],
    },
    {
      title: t("find.help_lists"),
      rows: [
        ["j|k", t("find.help_rows")],
        ["x", t("find.help_select")],
        ["Enter", t("find.help_open")],
      ],
    },
    {
      title: t("find.help_pages"),
      rows: pages.map(({ keys, name }) => [keys, t("find.help_go", { page: name })]),
    },
  ];
}

function Keys({ keys, then }: { keys: string; then: string }) {
  const [between, parts] = keys.includes("|") ? ["/", keys.split("|")] : [then, keys.split(" ")];
  return (
    <>
      {parts.map((key, index) => (
        <span key={key}>
          {index > 0 && ` ${between} `}
          <kbd>{key}</kbd>
        </span>
      ))}
    </>
  );
}
