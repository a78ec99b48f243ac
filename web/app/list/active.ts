import type { ActiveFilter } from "@/web/components/list/FilterBar.tsx";
import { ARRANGING, type ListFrame, listHref } from "@/web/components/list/list_frame.ts";

/** Every filter of the address that no current chip stands for; one without words is shown as it stands there. */
export function activeFilters(
  frame: ListFrame,
  words: Readonly<Record<string, string | undefined>>,
  shown: readonly string[] = [],
): ActiveFilter[] {
  return Object.entries(frame.query)
    .filter(([name]) => !ARRANGING.has(name) && !shown.includes(name))
    .map(([name, value]) => ({
      label: words[name] ?? `${name}: ${value}`,
      href: listHref(frame, { [name]: undefined }),
    }));
}
