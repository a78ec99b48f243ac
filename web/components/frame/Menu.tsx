import type { ComponentChildren } from "preact";
import { Csrf, HiddenFields } from "@/web/components/form/Csrf.tsx";
import { Icon } from "@/web/components/facts/Icon.tsx";
import type { IconName } from "@/web/components/facts/icon_paths.ts";

interface MenuProps {
  /** What the menu is for, read by screen readers: `Actions for Juan Dela Cruz`. */
  label: string;
  /** `MenuLink` and `MenuAction` entries. */
  children: ComponentChildren;
}

/** Row menu on `details`: opens without scripts, and opening one closes the other. */
export function Menu({ label, children }: MenuProps) {
  return (
    <details class="menu" name="menu">
      <summary class="menu-icon" title={label}>
        <Icon name="more" />
        <span class="sr-only">{label}</span>
      </summary>
      <div class="menu-panel">{children}</div>
    </details>
  );
}

interface MenuEntry {
  icon?: IconName | undefined;
  children: ComponentChildren;
}

interface MenuLinkProps extends MenuEntry {
  href: string;
  /** Leads to a page of one question: with scripts it opens over this page. */
  dialog?: boolean | undefined;
}

export function MenuLink({ href, dialog, icon, children }: MenuLinkProps) {
  return (
    <a class="menu-item" data-dialog={dialog} href={href}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  );
}

interface MenuActionProps extends MenuEntry {
  action: string;
  csrfToken: string;
  values?: Record<string, string> | undefined;
}

/** Menu entry that posts. */
export function MenuAction({ action, csrfToken, values, icon, children }: MenuActionProps) {
  return (
    <form class="action-form" method="post" action={action}>
      <Csrf token={csrfToken} />
      {values && <HiddenFields values={values} />}
      <button class="menu-item" type="submit">
        {icon && <Icon name={icon} />}
        {children}
      </button>
    </form>
  );
}
