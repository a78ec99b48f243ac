import { ownPath } from "@/web/app/guard/own_path.ts";

/** The page whose form was sent, as the browser names it; null when it does not, or when it is another site's. */
export function formPageOf(req: Request, url: URL): string | null {
  const referer = req.headers.get("referer") ?? "";
  if (!URL.canParse(referer)) return null;
  const { host, pathname, search } = new URL(referer);
  return host === url.host ? ownPath(pathname + search) : null;
}
