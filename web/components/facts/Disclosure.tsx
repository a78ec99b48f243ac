import type { ComponentChildren } from "preact";
import { Icon } from "./Icon.tsx";

interface DisclosureProps {
  label: string;
  open?: boolean | undefined;
  children: ComponentChildren;
}

/** Details shown on demand. */
export function Disclosure({ label, open, children }: DisclosureProps) {
  return (
    <details class="disclosure" open={open ?? false}>
      <summary>
        <Icon name="right" />
        {label}
      </summary>
      {children}
    </details>
  );
}
