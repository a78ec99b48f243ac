export { checkPassword, PASSWORD_MIN_LENGTH } from "./check_password.ts";
