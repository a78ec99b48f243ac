/** What a browser says of itself, as far as a person knows it by name; null where it says nothing that is known. */
export interface Device {
  browser: string | null;
  system: string | null;
}

/**
 * The first that fits counts: nearly every browser also says that it is Chrome or Safari, so these stand last. Names are
 * those that people know; versions and models say nothing to them.
 */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\b(?:OPR|OPiOS|OPX|Opera)\b/, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bVivaldi\//, "Vivaldi"],
  [/\bYaBrowser\//, "Yandex"],
  [/\b(?:UCBrowser|UBrowser)\//, "UC Browser"],
  [/\bMiuiBrowser\//, "Mi Browser"],
  [/\bHuaweiBrowser\//, "Huawei Browser"],
  [/\bDuckDuckGo\/|\bDdg\//, "DuckDuckGo"],
  [/\bFBA[NV]\//, "Facebook"],
  [/\bInstagram\b/, "Instagram"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Chrome|CriOS|HeadlessChrome|Chromium)\//, "Chrome"],
  [/\bVersion\/[\d.]+ .*\bSafari\//, "Safari"],
];

/** Android says that it is Linux too, and an iPhone that it is like Mac OS X. */
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b|\biPod\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bHarmonyOS\b|\bOpenHarmony\b/, "HarmonyOS"],
  [/\bWindows\b/, "Windows"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
];

/**
 * Browser and system of a `User-Agent`, for people to know a device by. Whoever sends it may write anything, so it
 * decides nothing and only names from the lists above are shown.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readDevice } from "./device.ts";
 * const agent = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";
 * assert.deepEqual(readDevice(agent), { browser: "Firefox", system: "Linux" });
 * assert.deepEqual(readDevice(null), { browser: null, system: null });
 * ```
 */
export function readDevice(userAgent: string | null): Device {
  const first = (list: typeof BROWSERS) => list.find(([shape]) => shape.test(userAgent ?? ""))?.[1] ?? null;
  return { browser: first(BROWSERS), system: first(SYSTEMS) };
}
