/**
 * For whom a page is: the ISP's people, its subscribers, whoever runs the installation, or anybody. Each signs in on its
 * own, and a session of one is none for the others.
 */
export const AUDIENCES = ["staff", "subscriber", "operator", "public"] as const;
export type Audience = typeof AUDIENCES[number];

/** An audience that signs in. */
export type SignedInAudience = Exclude<Audience, "public">;
