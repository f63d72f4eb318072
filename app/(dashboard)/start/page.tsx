import type { Metadata } from "next";
import { GetStarted } from "@/components/start/get-started";

export const metadata: Metadata = { title: "Get started" };

export default function StartPage() {
  return <GetStarted />;
}
