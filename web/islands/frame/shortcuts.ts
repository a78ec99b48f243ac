const SEQUENCE_MS = 1200;

/** Links of the page that a letter stands for; the first one that is there is followed. */
const OF_PAGE: Readonly<Record<string, string>> = {
  n: "a[data-key=n], main .page-actions a[href$='/new']",
  p: "a[data-key=p], main a[href*='/payments/new']",
  h: "a[data-key=h], main a[href$='/hold'], main a[href*='/hold?']",
  e: "a[data-key=e], main a[href$='/edit']",
};

/**
 * Single letters and `g` with a letter. Nothing happens while somebody types, while a dialog is open, or with a key of the
 * browser held; `keys` is empty for who has turned them off (WCAG 2.1.4).
 */
export function followKeys(keys: Readonly<Record<string, string>>, signal: AbortSignal): void {
  if (Object.keys(keys).length === 0) return;
  let started = 0;
  document.addEventListener("keydown", (event) => {
    const { key } = event;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (key === "Escape") return closeMenus();
    if (isTyping(event.target) || document.querySelector("dialog[open]") !== null) return;
    const isSecond = event.timeStamp - started < SEQUENCE_MS;
    started = 0;
    if (isSecond && keys[`g ${key}`] !== undefined) return follow(event, keys[`g ${key}`]);
    if (key === "g") started = event.timeStamp;
    else if (key === "/") {
      event.preventDefault();
      document.dispatchEvent(new Event("linya:find"));
    } else if (key === "?") openHelp(event, keys["?"]);
    else follow(event, linkOf(key) ?? keys[key]);
  }, { signal });
}

function linkOf(key: string): string | undefined {
  const wanted = OF_PAGE[key];
  if (wanted === undefined) return undefined;
  return document.querySelector<HTMLAnchorElement>(wanted)?.href;
}

/** As if the link were clicked, so that what opens in a dialog does. */
function follow(event: Event, href: string | undefined): void {
  if (href === undefined) return;
  event.preventDefault();
  const known = [...document.querySelectorAll<HTMLAnchorElement>("main a[href]")]
    .find((link) => link.href === href);
  if (known !== undefined) known.click();
  else location.assign(href);
}

function openHelp(event: Event, href: string | undefined): void {
  if (href === undefined) return;
  event.preventDefault();
  document.dispatchEvent(new CustomEvent("linya:dialog", { detail: href }));
}

function closeMenus(): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
    menu.open = false;
    if (menu.contains(document.activeElement)) menu.querySelector("summary")?.focus();
  }
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable ||
    target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
}
