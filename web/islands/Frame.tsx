import { useEffect, useState } from "preact/hooks";
import { followDialogs } from "./frame/dialogs.ts";
import { followDrafts } from "./frame/drafts.ts";
import { followCopies, followForms, followOpening } from "./frame/feedback.ts";
import { Offline } from "./frame/Offline.tsx";
import { Palette } from "./frame/Palette.tsx";
import { followLeaving } from "./frame/leaving.ts";
import { replayStrokes } from "./frame/early_keys.ts";
import { followMenus, followTables } from "./frame/layout.ts";
import { forgetOthers } from "./frame/recent.ts";
import { followKeys } from "./frame/shortcuts.ts";
import { followToast } from "./frame/toast.ts";

/** What the server tells the frame of a page. */
export interface FrameProps {
  /** Whose tab this is: what is kept in it is nobody else's. */
  me: string;
  /** Key strokes and where they lead; empty when the person has turned them off. */
  keys: Record<string, string>;
  texts: Record<FrameText, string>;
}

/** Texts of the page's language; `*` stands for what is put in. */
export type FrameText =
  | "find"
  | "placeholder"
  | "close"
  | "hint"
  | "recent"
  | "nothing"
  | "loading"
  | "busy"
  | "dismiss"
  | "copied"
  | "draft"
  | "discard"
  | "offlineTitle"
  | "offlineText";

/** Everything that makes a page quicker and more forgiving where scripts run. Without it every page works the same. */
export default function Frame({ me, keys, texts }: FrameProps) {
  const [isReady, setReady] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    forgetOthers(me);
    followForms(texts, signal);
    followOpening(signal);
    followTables(signal);
    followMenus(signal);
    followCopies(texts, signal);
    followDialogs(texts, signal);
    followLeaving(signal);
    followDrafts(me, texts, signal);
    followToast(texts, signal);
    setReady(true);
    return () => stop.abort();
  }, []);
  useEffect(() => {
    if (!isReady) return;
    // After the parts below have begun to listen: what is shown now works.
    const stop = new AbortController();
    const handle = followKeys(keys, stop.signal);
    document.documentElement.classList.add("has-script");
    replayStrokes(handle);
    return () => stop.abort();
  }, [isReady]);
  if (!isReady) return null;
  return (
    <>
      <Palette me={me} texts={texts} />
      <Offline texts={texts} />
    </>
  );
}
