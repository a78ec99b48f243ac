interface RefreshAfterProps {
  seconds: number;
  /** Nonce of the response's Content-Security-Policy. */
  nonce: string;
}

/**
 * Head elements of a page that waits for something. With scripts it waits while somebody selects text or types, so that
 * a command can be copied; without them it loads itself again anyway.
 */
export function RefreshAfter({ seconds, nonce }: RefreshAfterProps) {
  const script = `setTimeout(function again(){var a=document.activeElement;
if(document.hidden||String(getSelection())||(a&&/^(INPUT|SELECT|TEXTAREA)$/.test(a.tagName)))setTimeout(again,500);
else location.reload()},${Math.round(seconds * 1000)})`;
  return (
    <>
      <noscript>
        <meta http-equiv="refresh" content={String(seconds)} />
      </noscript>
      <script nonce={nonce} dangerouslySetInnerHTML={{ __html: script }} />
    </>
  );
}
