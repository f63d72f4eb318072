"use client";
"use no memo";
import { Button } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";
import { THEMES } from "./preferences";
import { usePreferences } from "./preferences-provider";

const ICONS = { system: "monitor", light: "sun", dark: "moon" } as const;

/** Cycles through system, light and dark. */
export function ThemeSwitch() {
  const { theme, choose } = usePreferences();
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  return (
    <Button
      variant="ghost"
      size="square"
      data-tip={`Theme: ${theme}. Switch to ${next}.`}
      aria-label={`Theme ${theme}, switch to ${next}`}
      onClick={() => choose("theme", next)}
    >
      <Icon name={ICONS[theme]} />
    </Button>
  );
}
