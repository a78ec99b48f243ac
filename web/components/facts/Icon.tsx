import { ICON_PATHS, type IconName } from "./icon_paths.ts";

/** Decorative line icon, hidden from screen readers: the words beside it carry the meaning. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={ICON_PATHS[name]} />
    </svg>
  );
}
