export { default, handler } from "../_error.tsx";
