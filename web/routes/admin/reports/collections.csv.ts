import { list } from "./collections.tsx";

export const { handler, route } = list.csv;
