import type { ComponentChildren } from "preact";

interface LiveRegionProps {
  /** Unique on the page: news replace the content of the region with the same id of the fresh page. */
  id: string;
  /** Its rows must not come or go under the cursor: they are announced, and shown when asked for. */
  isList?: boolean | undefined;
  children: ComponentChildren;
}

/**
 * A part of a page that follows the topics in `state.live`; without scripts it is as old as the page. What is typed,
 * ticked, opened or focused in it stays. Keep out of it what only the address of the page says, such as `Flash`; an
 * island inside it stays as it was first drawn.
 */
export function LiveRegion({ id, isList, children }: LiveRegionProps) {
  return <div id={id} class="live" data-live={isList === true ? "list" : ""}>{children}</div>;
}
