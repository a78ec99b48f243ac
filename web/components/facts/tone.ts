/** Colour by meaning, the only use of colour in the admin (ux.md, State vocabulary). */
export type Tone = "ok" | "info" | "warn" | "bad" | "hold" | "mute";
