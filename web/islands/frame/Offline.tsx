import { useEffect, useState } from "preact/hooks";
import type { FrameProps } from "../Frame.tsx";

/**
 * Says that the browser is offline, in place of its own error page: a link that is followed meanwhile waits, and what was
 * typed stays on the page.
 */
export function Offline({ texts }: Pick<FrameProps, "texts">) {
  const [isOffline, setOffline] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    let wanted: string | null = null;
    const look = () => {
      setOffline(!navigator.onLine);
      if (navigator.onLine && wanted !== null) location.assign(wanted);
    };
    look();
    addEventListener("offline", look, { signal });
    addEventListener("online", look, { signal });
    document.addEventListener("click", (event) => {
      const link = (event.target as Element).closest?.("a[href]");
      if (navigator.onLine || link === null || link.getAttribute("href")?.startsWith("#")) return;
      event.preventDefault();
      wanted = (link as HTMLAnchorElement).href;
    }, { signal });
    document.addEventListener("submit", (event) => {
      if (!navigator.onLine) event.preventDefault();
    }, { signal });
    return () => stop.abort();
  }, []);
  return (
    <div class="offline" role="status">
      {isOffline && (
        <div class="banner warn">
          <span />
          <div>
            <div class="banner-title">{texts.offlineTitle}</div>
            {texts.offlineText}
          </div>
        </div>
      )}
    </div>
  );
}
