import { list } from "./mail/index.tsx";

export const { handler, route } = list.csv;
