/** Pages that were opened in this tab lately, for the palette. They are names of people: kept in the tab only. */

export interface Recent {
  href: string;
  title: string;
  note?: string;
  facts?: string;
}

const PREFIX = "linya.";
const MAX = 6;
const RECORD = /^\/admin\/(subscribers|bills|payments|routers|sites|runs|import)\/[0-9a-f-]{36}$/;

/** Takes away what another person has left in this tab. */
export function forgetOthers(me: string): void {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX) && !key.startsWith(PREFIX + me)) sessionStorage.removeItem(key);
  }
  document.querySelector("form[data-sign-out]")?.addEventListener("submit", () => {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  });
  remember(me);
}

export function listRecent(me: string): Recent[] {
  return read<Recent[]>(me, "recent") ?? [];
}

function remember(me: string): void {
  const title = document.querySelector("main h1")?.textContent;
  if (!title || !RECORD.test(location.pathname)) return;
  const earlier = listRecent(me).filter(({ href }) => href !== location.pathname);
  write(me, "recent", [{ href: location.pathname, title }, ...earlier].slice(0, MAX));
}

/** A value that was kept in this tab; null when there is none or it cannot be read. */
export function read<T>(me: string, name: string): T | null {
  try {
    return JSON.parse(sessionStorage.getItem(`${PREFIX}${me}.${name}`) ?? "null") as T | null;
  } catch {
    return null;
  }
}

/** Keeps a value in this tab; null forgets it. A full store keeps nothing: it is a help, not a promise. */
export function write(me: string, name: string, value: unknown): void {
  try {
    const key = `${PREFIX}${me}.${name}`;
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Nothing to do: what is typed stays on the page.
  }
}
