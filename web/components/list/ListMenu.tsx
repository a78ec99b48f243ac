import { Button } from "@/web/components/form/Button.tsx";
import { Csrf, HiddenFields } from "@/web/components/form/Csrf.tsx";
import { useT } from "@/web/components/i18n.ts";
import { Icon } from "@/web/components/facts/Icon.tsx";
import { type ListFrame, listHref, viewQuery } from "./list_frame.ts";
import type { Column, Density } from "./table_columns.ts";
import { VIEW_MAX } from "@/web/domain/settings/limits.ts";

const DENSITIES: readonly Density[] = ["comfortable", "default", "compact"];

interface ListMenuProps<Row> {
  frame: ListFrame;
  columns: readonly Column<Row>[];
}

/** How this person wants the list: columns, row height, and its filters kept under a name. Plain forms. */
export function ListMenu<Row>({ frame, columns }: ListMenuProps<Row>) {
  const t = useT();
  const choosable = columns.filter((column) => column.id !== undefined);
  const isShown = ({ id, optional }: Column<Row>) =>
    frame.columns === null ? optional !== true : frame.columns.includes(id ?? "");
  const query = viewQuery(frame);
  return (
    <details class="menu list-menu" name="menu">
      <summary class="button button-small">
        <Icon name="list" />
        <span class="sr-narrow">{t("tables.arrange")}</span>
      </summary>
      <div class="menu-panel">
        <form method="post" action={`/admin/lists/${frame.name}/look`}>
          <Csrf token={frame.csrfToken} />
          <HiddenFields values={{ back: listHref(frame, {}) }} />
          {choosable.length > 0 && (
            <fieldset>
              <legend class="label">{t("tables.columns")}</legend>
              {choosable.map((column) => (
                <label class="tick" key={column.id}>
                  <input type="checkbox" name="columns" value={column.id} checked={isShown(column)} />
                  {column.head}
                </label>
              ))}
            </fieldset>
          )}
          <fieldset>
            <legend class="label">{t("tables.density")}</legend>
            {DENSITIES.map((density) => (
              <label key={density}>
                <input type="radio" name="density" value={density} checked={frame.density === density} />
                {t(`tables.density_${density}`)}
              </label>
            ))}
          </fieldset>
          <Button small kind="primary">{t("tables.arrange_save")}</Button>
        </form>
        {frame.views !== null && query !== "" && (
          <form method="post" action={`/admin/lists/${frame.name}/views`}>
            <Csrf token={frame.csrfToken} />
            <HiddenFields values={{ query }} />
            <label class="label" for="view-name">{t("tables.save_view")}</label>
            <input class="input" id="view-name" name="name" maxLength={VIEW_MAX.name} required />
            <Button small>{t("tables.save_view_verb")}</Button>
          </form>
        )}
      </div>
    </details>
  );
}
