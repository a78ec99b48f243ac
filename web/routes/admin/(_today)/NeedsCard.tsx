import { LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { Disclosure } from "@/web/components/facts/Disclosure.tsx";
import { useT } from "@/web/components/i18n.ts";
import { Icon } from "@/web/components/facts/Icon.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import type { Need } from "./needs.ts";

/** Lines that are open; the rest is behind a click, so that a bad night does not push the figures away. */
const OPEN_MAX = 6;

interface NeedsCardProps {
  needs: readonly Need[];
  /** What was looked at for this person. */
  looked: string;
  hideEmpty?: boolean | undefined;
}

/** Everything that waits for a person, one sentence and one button each. */
export function NeedsCard({ needs, looked, hideEmpty }: NeedsCardProps) {
  const t = useT();
  if (needs.length === 0) {
    if (hideEmpty) return null;
    return (
      <Card title={t("today.needs")}>
        <p class="all-well">
          <Icon name="ok" />
          <span>
            <b>{t("today.needs_none")}</b>{" "}
            <span class="note">{t("today.needs_none_why", { parts: looked })}</span>
          </span>
        </p>
      </Card>
    );
  }
  const rest = needs.slice(OPEN_MAX);
  return (
    <Card
      title={t("today.needs")}
      aside={<span class="note">{t("today.needs_count", { n: needs.length })}</span>}
    >
      <NeedLines needs={needs.slice(0, OPEN_MAX)} firstIsPrimary />
      {rest.length > 0 && (
        <Disclosure label={t("today.needs_more", { n: rest.length })}>
          <NeedLines needs={rest} />
        </Disclosure>
      )}
    </Card>
  );
}

function NeedLines(
  { needs, firstIsPrimary }: { needs: readonly Need[]; firstIsPrimary?: boolean | undefined },
) {
  return (
    <ul class="rows needs">
      {needs.map((need, index) => (
        <li key={`${need.kind} ${need.href}`}>
          <Pill tone={need.tone}>{need.word}</Pill>
          <span>{need.text}</span>
          <LinkButton small kind={firstIsPrimary && index === 0 ? "primary" : "default"} href={need.href}>
            {need.verb}
          </LinkButton>
        </li>
      ))}
    </ul>
  );
}
