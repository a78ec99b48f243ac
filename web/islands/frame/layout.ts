const EDGE_PX = 8;
const GAP_PX = 4;

/**
 * A table that fits its card keeps its heading in view; one that does not scrolls in the card, whatever columns somebody has
 * chosen. Only a script can tell which it is.
 */
export function followTables(signal: AbortSignal): void {
  const look = () => {
    for (const place of document.querySelectorAll<HTMLElement>(".table-scroll")) {
      const table = place.firstElementChild as HTMLElement | null;
      place.classList.toggle("is-fitting", table !== null && table.offsetWidth <= place.clientWidth);
    }
  };
  const observer = new ResizeObserver(look);
  for (const card of document.querySelectorAll(".table-card")) observer.observe(card);
  signal.addEventListener("abort", () => observer.disconnect());
  look();
}

/** An open menu lies over everything and stays on the screen; without scripts it hangs below its button. */
export function followMenus(signal: AbortSignal): void {
  document.addEventListener("toggle", ({ target }) => {
    if (!(target instanceof HTMLDetailsElement) || !target.classList.contains("menu")) return;
    const panel = target.querySelector<HTMLElement>(":scope > .menu-panel");
    if (panel === null || typeof panel.showPopover !== "function") return;
    if (target.open) lift(target, panel);
    else lower(panel);
  }, { capture: true, signal });
  const follow = () => {
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
      const panel = menu.querySelector<HTMLElement>(":scope > .menu-panel");
      if (panel?.matches(":popover-open")) place(menu, panel);
    }
  };
  addEventListener("resize", follow, { signal });
  document.addEventListener("scroll", follow, { capture: true, passive: true, signal });
}

function lift(menu: HTMLElement, panel: HTMLElement): void {
  panel.popover = "manual";
  panel.showPopover();
  place(menu, panel);
}

function lower(panel: HTMLElement): void {
  if (panel.matches(":popover-open")) panel.hidePopover();
  panel.removeAttribute("popover");
  panel.removeAttribute("style");
}

function place(menu: HTMLElement, panel: HTMLElement): void {
  const button = menu.getBoundingClientRect();
  const { style } = panel;
  Object.assign(style, {
    position: "fixed",
    inset: "auto",
    margin: "0",
    maxHeight: `${innerHeight - 2 * EDGE_PX}px`,
  });
  const { offsetWidth: width, offsetHeight: height } = panel;
  const below = button.bottom + GAP_PX;
  const fitsBelow = below + height <= innerHeight - EDGE_PX;
  const top = fitsBelow ? below : button.top - GAP_PX - height;
  style.top = `${clamp(top, innerHeight - height)}px`;
  style.left = `${clamp(button.right - width, document.documentElement.clientWidth - width)}px`;
}

function clamp(at: number, end: number): number {
  return Math.max(EDGE_PX, Math.min(at, end - EDGE_PX));
}
