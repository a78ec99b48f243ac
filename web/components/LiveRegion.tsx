import type { ComponentChildren } from "preact";

interface LiveRegionProps {
  /** Unique on the page: news replace the content of the region with the same id of the fresh page. */
  id: string;
  children: ComponentChildren;
}

/** A part of a page that follows the topics in `state.live`; without scripts it is as old as the page. */
export function LiveRegion({ id, children }: LiveRegionProps) {
  return <div id={id} data-live>{children}</div>;
}
