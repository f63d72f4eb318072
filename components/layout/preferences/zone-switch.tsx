"use client";
"use no memo";
import { Button } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";
import { usePreferences } from "./preferences-provider";

/** Switches between UTC and the browser's zone. A URL may set a third one. */
export function ZoneSwitch() {
  const { zone, choose } = usePreferences();
  const utc = zone === "UTC";
  const other = utc ? "your time zone" : "UTC";
  return (
    <Button
      variant="ghost"
      data-tip={`Times are in ${zone}. Switch to ${other}.`}
      aria-label={`Times in ${zone}, switch to ${other}`}
      onClick={() =>
        choose("zone", utc ? new Intl.DateTimeFormat().resolvedOptions().timeZone : "UTC")
      }
    >
      <Icon name="clock-3" />
      {zone.split("/").at(-1)?.replaceAll("_", " ")}
    </Button>
  );
}
