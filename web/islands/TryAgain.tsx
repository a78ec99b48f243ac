import { useEffect } from "preact/hooks";

interface TryAgainProps {
  seconds: number;
}

/**
 * Asks for the page until it is there, and loads it only then: whoever reads the page that stands for it is not
 * interrupted every few seconds.
 */
export default function TryAgain({ seconds }: TryAgainProps) {
  useEffect(() => {
    const timer = setInterval(() => void reloadIfThere(), seconds * 1_000);
    return () => clearInterval(timer);
  }, []);
  return null;
}

async function reloadIfThere(): Promise<void> {
  if (document.hidden) return;
  try {
    const { status } = await fetch(location.href, { headers: { accept: "text/html" } });
    if (status !== 503) location.reload();
  } catch (error) {
    // The network is away as well: the next time may be better.
    if (!(error instanceof TypeError)) throw error;
  }
}
