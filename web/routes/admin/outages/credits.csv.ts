import { list } from "./credits.tsx";

export const { handler, route } = list.csv;
