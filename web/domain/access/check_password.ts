import { err, ok, type Result } from "@/shared/result.ts";

/** Shortest password that is accepted; length is what counts, so there are no rules about kinds of characters (ASVS V6.2). */
export const PASSWORD_MIN_LENGTH = 8;
const PASSWORD_MAX_LENGTH = 200;

/** Passwords that guessers try first, in lower case. Longer ones made of these with digits behind are refused too. */
const COMMON = new Set(
  ("password passw0rd qwerty qwertyuiop asdfghjkl zxcvbnm iloveyou welcome admin administrator letmein monkey dragon " +
    "football baseball sunshine princess superman batman trustno1 master shadow michael jesus jesuschrist mahalkita " +
    "pilipinas philippines manila internet mikrotik router changeme secret default linya linyalinya abc12345 abcd1234 " +
    "1q2w3e4r 1qaz2wsx q1w2e3r4 aa123456 p@ssw0rd p@ssword iloveyou1 password1 lovelove computer samsung starwars " +
    "whatever freedom hello hellohello charlie jordan jessica ashley qazwsx killer pepper summer thomas tigger")
    .split(" "),
);

/** Refuses passwords that are too short, too long, common, or built from the person's own e-mail address. */
export function checkPassword(
  password: string,
  email: string,
): Result<string, "password_too_short" | "password_too_long" | "password_common"> {
  if ([...password].length < PASSWORD_MIN_LENGTH) {
    return err(
      "password_too_short",
      `Use at least ${PASSWORD_MIN_LENGTH} characters. A short sentence is easy to remember.`,
    );
  }
  if (password.length > PASSWORD_MAX_LENGTH) {
    return err("password_too_long", `Use at most ${PASSWORD_MAX_LENGTH} characters.`);
  }
  const lower = password.toLowerCase();
  const core = lower.replace(/[^a-z]+$/, "").replace(/^[^a-z]+/, "");
  const mailName = email.split("@")[0]?.toLowerCase() ?? "";
  const isRepeated = /^(.)\1*$/.test(lower) || "01234567890123456789".includes(lower) ||
    "98765432109876543210".includes(lower);
  if (COMMON.has(lower) || COMMON.has(core) || isRepeated || (mailName.length >= 4 && core === mailName)) {
    return err("password_common", "This password is among the first that guessers try. Choose another one.");
  }
  return ok(password);
}
