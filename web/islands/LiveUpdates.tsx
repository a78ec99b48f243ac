import { useEffect, useState } from "preact/hooks";
import { formatDuration } from "@/web/format.ts";
import { type LinkState, LiveLink } from "./live/link.ts";
import { type ListWords, LiveRegions } from "./live/regions.ts";

interface LiveUpdatesProps {
  /** Of the event stream, with its topics. */
  address: string;
  /** Where the news stood when the page was read. */
  position: string;
  /** How often the page is read where no stream comes through. */
  pollMs: number;
  words: ListWords & Record<LinkState, string> & {
    /** `#` stands for the length of time. */
    ago: string;
    follows: string;
  };
}

const LIVE_HEADER = "x-linya-live";
/** At most one fresh copy of the page a second, however much happens. */
const PAUSE_MS = 1_000;
/** Spreads the pages that hear the same news. */
const JITTER_MS = 250;
/** Before a page that could not be read is asked for again. */
const FAILED_PAUSE_MS = 5_000;
/** Time passes without news: an age, an agent that went silent. */
const SLOW_MS = 60_000;

/** Keeps the live regions of the page up to date and says how old they are. Mounted once, by the admin's layout. */
export default function LiveUpdates({ address, position, pollMs, words }: LiveUpdatesProps) {
  const [state, setState] = useState<LinkState | null>(null);
  const [age, setAge] = useState(0);

  useEffect(() => {
    let heardMs = Date.now();
    let skewMs = 0;
    const reader = pageReader(words, {
      onRead: (outcome) => outcome === "read" ? link.worked() : link.failed(outcome),
    });
    const link = new LiveLink(address, { position, pollMs }, {
      onState: setState,
      onNews: reader.ask,
      onHeard(skew) {
        heardMs = Date.now();
        if (skew !== null) skewMs = skew;
      },
    });
    function tick() {
      const now = Date.now();
      link.tick(now);
      reader.tick(now);
      setAge(now - heardMs);
      growAges(now + skewMs);
    }
    function leave() {
      link.stop();
    }
    const timer = setInterval(tick, 1_000);
    document.addEventListener("visibilitychange", tick);
    // A page that is kept for the back button must not keep its connection; coming back, the frame loads it again.
    addEventListener("pagehide", leave);
    // Nothing is said before the first answer: nothing has been lost yet.
    tick();
    return () => {
      clearInterval(timer);
      link.stop();
    };
  }, []);

  const isShown = state !== null;
  return (
    <span class={`live-stamp live-${state ?? "waiting"}`}>
      <span class="sr-only">{isShown && `${words[state]}. ${words.follows}`}</span>
      <span aria-hidden="true">
        {isShown && words[state]}
        {isShown && state !== "signed_out" && (
          <span class="live-age">{` · ${words.ago.replace("#", formatDuration(age))}`}</span>
        )}
      </span>
    </span>
  );
}

type Outcome = "read" | "offline" | "signed_out";

/** Reads the same page again, one copy at a time, and gives it to the regions. */
function pageReader(words: ListWords, events: { onRead: (outcome: Outcome) => void }) {
  const regions = new LiveRegions(words);
  let isAsked = false;
  let isReading = false;
  let readMs = Date.now();
  let pauseUntilMs = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;

  function ask(): void {
    isAsked = true;
    if (isReading || timer !== null || document.hidden) return;
    const waitMs = Math.max(0, pauseUntilMs - Date.now()) + Math.random() * JITTER_MS;
    timer = setTimeout(() => void read(), waitMs);
  }

  async function read(): Promise<void> {
    timer = null;
    isAsked = false;
    isReading = true;
    const outcome = await readOnce();
    const hasFailed = outcome === "offline";
    isAsked ||= hasFailed;
    readMs = Date.now();
    pauseUntilMs = readMs + (hasFailed ? FAILED_PAUSE_MS : PAUSE_MS);
    isReading = false;
    events.onRead(outcome);
    if (isAsked) ask();
  }

  async function readOnce(): Promise<Outcome> {
    const response = await fetchPage();
    if (response === null) return "offline";
    const led = response.redirected ? new URL(response.url).pathname : null;
    if (led === "/login") return "signed_out";
    if (response.status >= 500) return "offline";
    // What is gone, forbidden or asks again who it is stays as it was last seen.
    if (!response.ok || led === "/admin/confirm") return "read";
    regions.take(new DOMParser().parseFromString(await response.text(), "text/html"));
    return "read";
  }

  async function fetchPage(): Promise<Response | null> {
    try {
      return await fetch(location.href, { headers: { [LIVE_HEADER]: "1", accept: "text/html" } });
    } catch {
      // The network is away: that is an answer too.
      return null;
    }
  }

  return {
    ask,
    tick(nowMs: number): void {
      regions.settle();
      if ((isAsked || nowMs - readMs > SLOW_MS) && !document.hidden) ask();
    },
  };
}

const DAYS_FROM_MS = 48 * 3_600_000;

/** `read 4 s ago` counts on by itself. */
function growAges(nowMs: number): void {
  for (const element of document.querySelectorAll<HTMLTimeElement>("time[data-age]")) {
    const age = nowMs - Date.parse(element.dateTime);
    // Days are a word of the page's language, and do not count on while somebody looks.
    if (age >= DAYS_FROM_MS) continue;
    const text = formatDuration(age);
    if (element.textContent !== text) element.textContent = text;
  }
}
