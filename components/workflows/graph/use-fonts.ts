"use client";
import { useEffect, useState } from "react";
import { forgetWidths } from "./measure-text";

/** A number that changes whenever fonts have loaded, after which texts have other widths. */
export function useFontVersion(): number {
  const [version, setVersion] = useState(0);
  useEffect(() => {
    const { fonts } = document;
    const update = () => {
      forgetWidths();
      setVersion((count) => count + 1);
    };
    if (fonts.status === "loading") fonts.ready.then(update);
    fonts.addEventListener("loadingdone", update);
    return () => fonts.removeEventListener("loadingdone", update);
  }, []);
  return version;
}
