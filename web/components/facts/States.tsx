import type { Permission } from "@/web/domain/access/mod.ts";
import { permissionWords } from "@/web/components/words/permission_words.ts";
import { useT } from "@/web/components/i18n.ts";
import { Icon } from "./Icon.tsx";

/** Lines where content will be; shown only when loading takes longer than 200 ms. */
export function Skeleton({ lines = 4 }: { lines?: number | undefined }) {
  const t = useT();
  return (
    <div class="skeleton" role="status">
      <span class="sr-only">{t("states.loading")}</span>
      {Array.from({ length: lines }, (_, index) => <span key={index} />)}
    </div>
  );
}

/** What is shown was read a while ago; `when` comes from `formatRelative`. */
export function StaleNote({ when }: { when: string }) {
  const t = useT();
  return (
    <p class="note stale">
      <Icon name="clock" />
      {t("states.stale", { when })}
    </p>
  );
}

interface NoAccessProps {
  /** What the part needs. */
  permission: Permission;
  /** Who can change the person's role, by name. */
  granters: readonly string[];
}

/** In place of a part of a page that the person's role does not include. A whole page answers 404 instead (R5). */
export function NoAccess({ permission, granters }: NoAccessProps) {
  const t = useT();
  return (
    <p class="note stale">
      <Icon name="info" />
      <span>
        <b>{t("states.no_access")}.</b>{" "}
        {t("states.no_access_needs", { permission: permissionWords(t, permission) })}
        {granters.length > 0 && ` ${t("states.no_access_who", { names: granters.join(", ") })}`}
      </span>
    </p>
  );
}
