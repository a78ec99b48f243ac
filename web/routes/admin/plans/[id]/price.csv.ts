import { list } from "./price.tsx";

export const { handler, route } = list.csv;
