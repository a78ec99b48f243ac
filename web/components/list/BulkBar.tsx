import { formatCount } from "@/web/format.ts";
import { Button } from "@/web/components/form/Button.tsx";
import { Csrf, HiddenFields } from "@/web/components/form/Csrf.tsx";
import { useT } from "@/web/components/i18n.ts";
import type { IconName } from "@/web/components/facts/icon_paths.ts";
import { type ListFrame, listHref, queryText } from "./list_frame.ts";

/** Something that can be done with many rows. */
export interface BulkAction {
  label: string;
  /** Address that the form is sent to: it asks first, with the effect in numbers. */
  action: string;
  icon?: IconName | undefined;
}

interface BulkBarProps {
  frame: ListFrame;
  /** Rows that match the filter, on all pages. */
  total: number;
  actions: readonly BulkAction[];
}

/**
 * The form that the tick boxes belong to. All that match are meant by the filter, never by their ids: the server reads
 * it again when it acts.
 */
export function BulkBar({ frame, total, actions }: BulkBarProps) {
  const t = useT();
  return (
    <form class="bulk-bar" id="bulk" method="post" action={actions[0]?.action} data-own>
      <Csrf token={frame.csrfToken} />
      <HiddenFields
        values={{ list: frame.name, filter: queryText(frame.query), back: listHref(frame, {}) }}
      />
      <span class="bulk-count" data-bulk-count>{t("tables.bulk_ticked")}</span>
      <label class="tick">
        <input type="checkbox" name="all" value="yes" />
        {t("tables.select_all", { count: total, total: formatCount(total) })}
      </label>
      <span class="cluster">
        {actions.map(({ label, action, icon }) => (
          <Button key={action} small formAction={action} icon={icon}>{label}</Button>
        ))}
      </span>
    </form>
  );
}
