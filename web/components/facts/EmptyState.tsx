import type { ComponentChildren } from "preact";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { useT } from "@/web/components/i18n.ts";
import { Icon } from "./Icon.tsx";
import type { IconName } from "./icon_paths.ts";

interface EmptyStateProps {
  icon?: IconName | undefined;
  title: string;
  /** One sentence: why it is empty. */
  children?: ComponentChildren;
  /** What to do about it: create the first one, or reset the filters. */
  actions?: ComponentChildren;
}

/** None yet, or none match: two different sentences, each with a way on. */
export function EmptyState({ icon = "list", title, children, actions }: EmptyStateProps) {
  return (
    <div class="empty">
      <Icon name={icon} />
      <p class="empty-title">{title}</p>
      {children && <p>{children}</p>}
      {actions && <div class="cluster">{actions}</div>}
    </div>
  );
}

interface NoMatchProps {
  title: string;
  children?: ComponentChildren;
  /** The list without its filters. */
  resetHref?: string | undefined;
}

/** There are some, but none that match: the way back is to look at all of them. */
export function NoMatch({ title, children, resetHref }: NoMatchProps) {
  const t = useT();
  return (
    <EmptyState
      icon="search"
      title={title}
      actions={resetHref && <LinkButton href={resetHref}>{t("states.reset")}</LinkButton>}
    >
      {children}
    </EmptyState>
  );
}
