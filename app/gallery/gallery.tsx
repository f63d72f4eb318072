"use client";
import { ThemeSwitch } from "@/components/layout/preferences/theme-switch";
import { Boundary } from "@/components/ui/feedback/boundary";
import { ClockProvider } from "@/components/ui/text/clock";
import { listDialogStories } from "./dialog-stories";
import { NOW, type Recordings, type Story } from "./story";
import { listTaskStories } from "./task-stories";
import { listUiStories } from "./ui-stories";

/** Every story, one below the other, under headings that the navigation and the tests link to. */
export function Gallery({ recordings }: { recordings: Recordings }) {
  const sections: [title: string, stories: Story[]][] = [
    ["Primitives", listUiStories()],
    ["Dialogs and overlays", listDialogStories(recordings)],
    ["Tasks, failures and queues", listTaskStories(recordings)],
  ];
  return (
    <ClockProvider now={NOW}>
      <main id="main" className="mx-auto flex max-w-6xl flex-col gap-10 p-3 wide:p-6">
        <header className="flex items-center justify-between">
          <h1 className="font-semibold text-20">Gallery</h1>
          <ThemeSwitch />
        </header>
        {sections.map(([title, stories]) => (
          <section key={title} aria-label={title} className="flex flex-col gap-6">
            <h2 className="border-b pb-1 font-semibold text-16">{title}</h2>
            {stories.map(({ name, content }) => (
              <article key={name} id={toId(name)} data-story={name} className="min-w-0">
                <h3 className="mb-2 text-12 text-ink-3">{name}</h3>
                <Boundary>{content}</Boundary>
              </article>
            ))}
          </section>
        ))}
      </main>
    </ClockProvider>
  );
}

const toId = (name: string) => name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
