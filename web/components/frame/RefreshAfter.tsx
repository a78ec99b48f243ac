interface RefreshAfterProps {
  seconds: number;
  /** An island keeps the page up to date; it loads itself again only where scripts do not run. */
  isLive?: boolean | undefined;
}

/** Head element of a page that waits for something. */
export function RefreshAfter({ seconds, isLive }: RefreshAfterProps) {
  const meta = <meta http-equiv="refresh" content={String(seconds)} />;
  return isLive ? <noscript>{meta}</noscript> : meta;
}
