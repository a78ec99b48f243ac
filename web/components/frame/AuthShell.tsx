import type { ComponentChildren } from "preact";
import { Mark } from "@/web/components/facts/Mark.tsx";

interface AuthShellProps {
  title: string;
  /** The ISP's name where it is known. @default "Linya" */
  name?: string | undefined;
  lead?: ComponentChildren;
  /** Below the card: help for who is stuck. */
  note?: ComponentChildren;
  wide?: boolean | undefined;
  children?: ComponentChildren;
}

/** Sign-in, set-up and error pages: one card in the middle. */
export function AuthShell({ title, name = "Linya", lead, note, wide, children }: AuthShellProps) {
  return (
    <main class={wide ? "centred centred-wide" : "centred"} id="content">
      <div class="tenant">
        <Mark />
        <span class="tenant-name">{name}</span>
      </div>
      <div class="card">
        <div>
          <h1>{title}</h1>
          {lead && <p class="page-lead">{lead}</p>}
        </div>
        {children}
      </div>
      {note && <div class="note">{note}</div>}
    </main>
  );
}
