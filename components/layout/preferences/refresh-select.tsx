"use client";
import { Select } from "@/components/ui/form/select";
import { REFRESH_SECONDS } from "./preferences";
import { usePreferences } from "./preferences-provider";

const OPTIONS = REFRESH_SECONDS.map((seconds) => ({
  value: `${seconds}`,
  label: seconds === 0 ? "Off" : `${seconds} s`,
}));

/** The refetch interval of the whole app. */
export function RefreshSelect() {
  const { refresh, choose } = usePreferences();
  return (
    <Select
      quiet
      aria-label="Refresh every"
      value={`${refresh}`}
      options={OPTIONS}
      onChange={(event) => {
        const chosen = REFRESH_SECONDS.find((seconds) => `${seconds}` === event.target.value);
        if (chosen !== undefined) choose("refresh", chosen);
      }}
    />
  );
}
