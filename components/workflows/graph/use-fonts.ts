"use client";
import { useEffect, useState } from "react";
import { forgetWidths } from "./measure-text";

/** Changes when fonts of the page have arrived, after which texts measure differently. */
export function useFonts(): number {
  const [arrived, setArrived] = useState(0);
  useEffect(() => {
    const { fonts } = document;
    const note = () => {
      forgetWidths();
      setArrived((times) => times + 1);
    };
    if (fonts.status === "loading") fonts.ready.then(note);
    fonts.addEventListener("loadingdone", note);
    return () => fonts.removeEventListener("loadingdone", note);
  }, []);
  return arrived;
}
