/** Always true, and never. */
const CONDITIONS = { yes: "(min-width: 0px)", no: "(max-width: 0px)" } as const;

const SCHEME = /\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)/gi;

/**
 * The page of a mail as a phone in light or in dark shows it: a frame follows the browser's own scheme, so what the mail
 * asks about is answered here. Its links open beside the Mailbox.
 */
export function phonePage(html: string, look: "light" | "dark"): string {
  const answered = html.replace(
    SCHEME,
    (_asked, scheme: string) => CONDITIONS[scheme.toLowerCase() === look ? "yes" : "no"],
  );
  // A mail that knows of no dark is shown in light, as phones do.
  const scheme = /color-scheme/i.test(html) ? look : "light";
  const head = `<base target="_blank"><meta name="viewport" content="width=device-width">` +
    `<style>:root{color-scheme:${scheme}!important}</style>`;
  // The first thing in the head decides; a mail without one gets it at its beginning.
  const at = /<head[^>]*>/i.exec(answered);
  if (at === null) return `<!doctype html>${head}${answered}`;
  const end = at.index + at[0].length;
  return answered.slice(0, end) + head + answered.slice(end);
}
