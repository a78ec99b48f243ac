import type { ComponentChildren } from "preact";
import { Icon } from "./Icon.tsx";

interface BannerProps {
  tone: "ok" | "info" | "warn" | "bad" | "hold";
  title?: string | undefined;
  /** What happened and what to do next. */
  children?: ComponentChildren;
  /** A button or two. */
  actions?: ComponentChildren;
  /** Read out at once: only for what just happened. */
  live?: boolean | undefined;
}

/** A message about the page or the whole system. */
export function Banner({ tone, title, children, actions, live }: BannerProps) {
  return (
    <div class={`banner ${tone}`} role={live ? (tone === "bad" ? "alert" : "status") : undefined}>
      <Icon name={tone} />
      <div class="banner-text">
        <div>
          {title && <div class="banner-title">{title}</div>}
          {children}
        </div>
        {actions && <div class="cluster">{actions}</div>}
      </div>
    </div>
  );
}
