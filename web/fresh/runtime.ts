/** True in the browser, false during server rendering. */
export const IS_BROWSER: boolean = typeof document !== "undefined";

let addresses: ReadonlyMap<string, string> = new Map();

/** The cacheable address of a static file: `asset("/admin.css")`. */
export function asset(path: string): string {
  return addresses.get(path) ?? path;
}

/** Sets what {@linkcode asset} answers; called once at start. */
export function setAssetAddresses(next: ReadonlyMap<string, string>): void {
  addresses = next;
}
