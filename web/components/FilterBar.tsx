import type { ComponentChildren } from "preact";
import { Button } from "./Button.tsx";
import { HiddenFields } from "./Csrf.tsx";
import { Icon } from "./Icon.tsx";
import { formatCount } from "@/web/format.ts";

/** One filter: a link that holds the whole filter state in its address. */
export interface FilterChip {
  label: string;
  href: string;
  isCurrent?: boolean | undefined;
  count?: number | undefined;
}

interface FilterBarProps {
  chips?: readonly FilterChip[] | undefined;
  /** A search box that keeps the other filters: `keep` is sent along as hidden fields. */
  search?:
    | { action: string; label: string; value?: string | undefined; keep?: Record<string, string> | undefined }
    | undefined;
  /** Further controls inside the search form: selects. */
  children?: ComponentChildren;
}

/** Filters above a table; always in view, and the address is the state. */
export function FilterBar({ chips = [], search, children }: FilterBarProps) {
  return (
    <div class="filter-bar">
      {chips.length > 0 && (
        <div class="chips" role="group" aria-label="Filters">
          {chips.map((chip) => (
            <a class="chip" href={chip.href} aria-current={chip.isCurrent ? "true" : undefined}>
              {chip.label}
              {chip.count !== undefined && <span class="chip-count">{formatCount(chip.count)}</span>}
            </a>
          ))}
        </div>
      )}
      {search && (
        <form method="get" action={search.action}>
          {search.keep && <HiddenFields values={search.keep} />}
          {children}
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
          <Button>Filter</Button>
        </form>
      )}
    </div>
  );
}
