import { readDevice } from "@/web/domain/access/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";

/** The device of a session in words: `Chrome on Android`. */
export function deviceWords(t: Translate, userAgent: string | null): string {
  const { browser, system } = readDevice(userAgent);
  if (browser !== null && system !== null) return t("access.device", { browser, system });
  return browser ?? system ?? t("access.device_unknown");
}
