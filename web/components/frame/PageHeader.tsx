import type { ComponentChildren } from "preact";
import { Icon } from "@/web/components/facts/Icon.tsx";
import { subjectAttributes, type SubjectKeys } from "@/web/components/list/subject_keys.ts";

interface PageHeaderProps {
  title: string;
  /** Pills beside the title. */
  pills?: ComponentChildren;
  /** One sentence under the title. */
  lead?: ComponentChildren;
  /** Where the page belongs: `{ href: "/admin/subscribers", label: "Subscribers" }`. */
  back?: { href: string; label: string } | undefined;
  /** Buttons at the right; at most one primary. */
  actions?: ComponentChildren;
  /** Of a page about one thing: what the letters do for it. */
  keys?: SubjectKeys | undefined;
}

/** Title of a page with its state and its actions. */
export function PageHeader({ title, pills, lead, back, actions, keys }: PageHeaderProps) {
  return (
    <div class="page-header" {...subjectAttributes(keys)}>
      {back && (
        <a class="page-back" href={back.href}>
          <Icon name="left" />
          {back.label}
        </a>
      )}
      <div>
        <div class="page-heading">
          <h1>{title}</h1>
          {pills}
        </div>
        {lead && <p class="page-lead">{lead}</p>}
      </div>
      {actions && <div class="page-actions cluster">{actions}</div>}
    </div>
  );
}
