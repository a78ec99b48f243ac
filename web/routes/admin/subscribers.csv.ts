import { list } from "./subscribers/index.tsx";

export const { handler, route } = list.csv;
