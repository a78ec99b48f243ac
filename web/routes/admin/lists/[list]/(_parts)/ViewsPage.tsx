import { requireSession } from "@/web/app/form/input.ts";
import type { AppState } from "@/web/app/state.ts";
import { Button } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { Csrf, HiddenFields } from "@/web/components/form/Csrf.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { fieldId } from "@/web/components/form/Field.tsx";
import { ErrorSummary } from "@/web/components/form/ErrorSummary.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { useT } from "@/web/components/i18n.ts";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { LIST_PATHS, type ViewedList } from "@/web/route_table/lists.ts";
import { listSavedViews, type SavedViewRow } from "@/web/store/settings/saved_views.ts";
import { readPage } from "@/web/app/frame/page_context.ts";
import { VIEW_MAX } from "@/web/domain/settings/limits.ts";

/** What the page of the saved views shows. */
export interface ViewsData {
  list: ViewedList;
  views: SavedViewRow[];
  done?: string | undefined;
  problems?: Record<string, string> | undefined;
  /** What was typed as a name of the view that has a problem. */
  name?: string | undefined;
}

/** The views of the signed-in person; nobody else's. */
export async function loadViews(
  state: AppState,
  list: ViewedList,
  shown: Pick<ViewsData, "done" | "problems" | "name">,
): Promise<ViewsData> {
  state.title = state.t("tables.views_title");
  const { staffUserId } = requireSession(state);
  return { list, views: await readPage(state, (trx) => listSavedViews(trx, staffUserId, list)), ...shown };
}

/** Saved views of one list: open, rename, delete. */
export function ViewsPage({ data, state }: { data: ViewsData; state: AppState }) {
  const { list, views, done, problems = {} } = data;
  const t = useT();
  const path = LIST_PATHS[list];
  return (
    <>
      <PageHeader
        title={t("tables.views_title")}
        back={{ href: path, label: t(`tables.list_${list}`) }}
        lead={t("tables.views_lead")}
      />
      <Flash
        done={done}
        messages={{ renamed: t("tables.view_renamed"), deleted: t("tables.view_deleted") }}
      />
      <ErrorSummary
        errors={problems}
        labels={Object.fromEntries(
          views.map((view) => [`name.${view.id}`, t("tables.view_name", { name: view.name })]),
        )}
      />
      <Card>
        {views.length === 0
          ? <EmptyState title={t("tables.views_none")}>{t("tables.views_none_hint")}</EmptyState>
          : (
            <ul class="view-list">
              {views.map((view) => (
                <li key={view.id}>
                  <a href={`${path}?${view.query}`}>{view.name}</a>
                  <form class="cluster" method="post" action={`/admin/lists/${list}/change-view`}>
                    <Csrf token={state.csrfToken} />
                    <HiddenFields values={{ id: view.id }} />
                    <input
                      class="input input-medium"
                      id={fieldId(`name.${view.id}`)}
                      name="name"
                      value={problems[`name.${view.id}`] === undefined ? view.name : data.name}
                      aria-invalid={problems[`name.${view.id}`] === undefined ? undefined : "true"}
                      maxLength={VIEW_MAX.name}
                      required
                      aria-label={t("tables.view_name", { name: view.name })}
                    />
                    <Button small name="intent" value="rename">{t("tables.rename")}</Button>
                    <Button small name="intent" value="delete">{t("tables.delete")}</Button>
                  </form>
                </li>
              ))}
            </ul>
          )}
      </Card>
    </>
  );
}
