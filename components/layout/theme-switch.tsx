"use client";
import { Monitor, Moon, Sun } from "lucide-react";
import { Button } from "@/components/ui/button";
import { THEMES } from "./preferences";
import { usePreferences } from "./preferences-provider";

const ICONS = { system: Monitor, light: Sun, dark: Moon } as const;

/** System, light, dark, in turn. */
export function ThemeSwitch() {
  const { theme, choose } = usePreferences();
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  const Icon = ICONS[theme];
  return (
    <Button
      variant="ghost"
      size="square"
      title={`Theme: ${theme}. Switch to ${next}.`}
      aria-label={`Theme ${theme}, switch to ${next}`}
      onClick={() => choose("theme", next)}
    >
      <Icon size={16} strokeWidth={1.5} aria-hidden />
    </Button>
  );
}
