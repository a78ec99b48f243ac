import { Card } from "@/web/components/Card.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { Pill } from "@/web/components/Pill.tsx";
import { formatPlural } from "@/web/format.ts";
import type { Need } from "./needs.ts";

/** Everything that waits for a person, one sentence and one link each. */
export function NeedsCard({ needs, hideEmpty }: { needs: readonly Need[]; hideEmpty?: boolean | undefined }) {
  if (needs.length === 0) {
    if (hideEmpty) return null;
    return (
      <Card title="Needs you">
        <EmptyState icon="ok" title="Nothing needs you">
          Agents, routers, runs and imports are all as they should be.
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card title="Needs you" aside={<span class="note">{formatPlural(needs.length, "thing")}</span>}>
      <ul class="rows">
        {needs.map((need) => (
          <li key={need.href + need.text}>
            <Pill tone={need.tone}>{need.word}</Pill>
            <a href={need.href}>{need.text}</a>
          </li>
        ))}
      </ul>
    </Card>
  );
}
