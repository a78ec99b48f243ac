interface RefreshAfterProps {
  seconds: number;
}

/** Head element of a page that waits for something: without scripts it loads itself again, with them it is live. */
export function RefreshAfter({ seconds }: RefreshAfterProps) {
  return (
    <noscript>
      <meta http-equiv="refresh" content={String(seconds)} />
    </noscript>
  );
}
