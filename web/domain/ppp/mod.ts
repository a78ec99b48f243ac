/** PPP users and passwords: names that fit a router, suggestions, passwords that can be read aloud. */
export { PPP_NAME_MAX, pppNameProblem, suggestPppName } from "./name.ts";
export { PASSWORD_LENGTH, pppPassword } from "./password.ts";
