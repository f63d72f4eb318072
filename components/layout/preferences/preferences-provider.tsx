"use client";
import { createContext, type ReactNode, useContext, useState } from "react";
import { HotkeysSwitch } from "@/components/ui/form/hotkeys";
import { ZoneProvider } from "@/components/ui/text/zone";
import { type Preferences, storePreference } from "./preferences";
import { useZoneInUrl } from "./use-zone-in-url";

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
  const [zone, setZone] = useZoneInUrl(preferences.zone);
  const choose: Value["choose"] = (name, value) => {
    setPreferences((before) => ({ ...before, [name]: value }));
    storePreference(name, value);
    if (name === "theme") applyTheme(String(value));
    if (name === "zone") setZone(String(value));
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

/** The `refetchInterval` of every live query, from one setting. TanStack Query pauses it in hidden tabs. */
export function useRefreshInterval(): number | false {
  const { refresh } = usePreferences();
  return refresh === 0 ? false : refresh * 1000;
}
