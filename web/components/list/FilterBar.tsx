import type { ComponentChildren } from "preact";
import { Button } from "@/web/components/form/Button.tsx";
import { HiddenFields } from "@/web/components/form/Csrf.tsx";
import { useT } from "@/web/components/i18n.ts";
import { Icon } from "@/web/components/facts/Icon.tsx";
import { formatCount } from "@/web/format.ts";

/** One filter: a link that holds the whole filter state in its address. */
export interface FilterChip {
  label: string;
  href: string;
  isCurrent?: boolean | undefined;
  count?: number | undefined;
  /** There are more than `count`. */
  isMore?: boolean | undefined;
}

/** A filter that is on, with the address without it. */
export interface ActiveFilter {
  /** `Site: Ilaya` */
  label: string;
  href: string;
}

interface FilterBarProps {
  chips?: readonly FilterChip[] | undefined;
  /** Every filter that no chip above stands for; each can be taken away. */
  active?: readonly ActiveFilter[] | undefined;
  /** The address without any filter; shown while something is on. */
  clearHref?: string | undefined;
  /** A form that keeps the other filters: `keep` is sent along as hidden fields. With a label it has a search box. */
  search?:
    | {
      action: string;
      label?: string | undefined;
      value?: string | undefined;
      keep?: Record<string, string> | undefined;
    }
    | undefined;
  /** Further controls inside the form: selects, days. */
  children?: ComponentChildren;
  /** There are many of them: on a phone they stand behind a button. @default false */
  folds?: boolean | undefined;
  /** At the end: how the list is arranged. */
  end?: ComponentChildren;
}

/** Filters above a table; always in view, and the address is the state. */
export function FilterBar(
  { chips = [], active = [], clearHref, search, children, folds = false, end }: FilterBarProps,
) {
  const t = useT();
  return (
    <div class="filter-bar">
      {chips.length > 0 && (
        <div class="chips" role="group" aria-label={t("tables.filters")}>
          {chips.map((chip) => (
            <a class="chip" href={chip.href} aria-current={chip.isCurrent ? "true" : undefined}>
              {chip.label}
              {chip.count !== undefined && (
                <span class="chip-count">
                  {`${formatCount(chip.count)}${chip.isMore === true ? "+" : ""}`}
                </span>
              )}
            </a>
          ))}
        </div>
      )}
      {search && (
        <form method="get" action={search.action}>
          {search.keep && <HiddenFields values={search.keep} />}
          {folds
            ? (
              <>
                <details class="filter-fold">
                  <summary class="button">{t("tables.filters")}</summary>
                </details>
                <div class="filter-fields">{children}</div>
              </>
            )
            : children}
          {search.label !== undefined && (
            <div class="search">
              <Icon name="search" />
              <input
                type="search"
                name="q"
                value={search.value}
                placeholder={search.label}
                aria-label={search.label}
              />
            </div>
          )}
          <Button>{t("tables.filter")}</Button>
        </form>
      )}
      {end}
      {clearHref !== undefined && (
        <div class="chips chips-active" role="group" aria-label={t("tables.active")}>
          {active.map(({ label, href }) => (
            <a class="chip chip-on" href={href} aria-label={t("tables.remove", { filter: label })}>
              {label}
              <Icon name="close" />
            </a>
          ))}
          <a class="chip-clear" href={clearHref}>{t("tables.clear")}</a>
        </div>
      )}
    </div>
  );
}
