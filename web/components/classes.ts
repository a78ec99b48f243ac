/** Joins class names, leaving out what is absent: `classes("pill", isOn && "ok")`. */
export function classes(...names: (string | false | undefined)[]): string {
  return names.filter(Boolean).join(" ");
}
