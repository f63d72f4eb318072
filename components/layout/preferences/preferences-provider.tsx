"use client";
import { createContext, type ReactNode, useContext, useState } from "react";
import { HotkeysSwitch } from "@/components/ui/form/hotkeys";
import { ZoneProvider } from "@/components/ui/text/zone";
import { keepPreference, type Preferences } from "./preferences";
import { useZoneInAddress } from "./use-zone-in-address";

type Value = Preferences & {
  choose: <Name extends keyof Preferences>(name: Name, value: Preferences[Name]) => void;
};

const PreferencesContext = createContext<Value | null>(null);

export function PreferencesProvider({
  initial,
  children,
}: {
  initial: Preferences;
  children: ReactNode;
}) {
  const [preferences, setPreferences] = useState(initial);
  const [zone, showZone] = useZoneInAddress(preferences.zone);
  const choose: Value["choose"] = (name, value) => {
    setPreferences((before) => ({ ...before, [name]: value }));
    keepPreference(name, value);
    if (name === "theme") applyTheme(String(value));
    if (name === "zone") showZone(String(value));
  };
  return (
    <PreferencesContext value={{ ...preferences, zone, choose }}>
      <HotkeysSwitch value={preferences.keys === "on"}>
        <ZoneProvider value={zone}>{children}</ZoneProvider>
      </HotkeysSwitch>
    </PreferencesContext>
  );
}

function applyTheme(theme: string) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function usePreferences(): Value {
  const value = useContext(PreferencesContext);
  if (!value) throw new Error("usePreferences needs a PreferencesProvider above it");
  return value;
}

/** The `refetchInterval` of every live query: one setting for the whole app. Hidden tabs stop by themselves. */
export function useRefreshInterval(): number | false {
  const { refresh } = usePreferences();
  return refresh === 0 ? false : refresh * 1000;
}
