"use client";
import { ThemeSwitch } from "@/components/layout/preferences/theme-switch";
import { Boundary } from "@/components/ui/feedback/boundary";
import { ClockProvider } from "@/components/ui/text/clock";
import { Link } from "@/components/ui/text/link";
import { listDialogStories } from "./dialog-stories";
import { NOW, type Recordings } from "./story";
import { listLargeStories, listTaskPageStories, listTaskStories } from "./task-stories";
import { listUiStories } from "./ui-stories";

const SECTIONS = {
  primitives: { title: "Primitives", list: listUiStories },
  overlays: { title: "Dialogs and overlays", list: listDialogStories },
  tasks: { title: "Tasks, failures and queues", list: listTaskStories },
  task: { title: "Page of a task", list: listTaskPageStories },
  large: { title: "Large lists", list: listLargeStories },
};

/** One section of stories, with links to the others. */
export function Gallery({ section, recordings }: { section: string; recordings: Recordings }) {
  const [key, { title, list }] =
    Object.entries(SECTIONS).find(([name]) => name === section) ??
    (["primitives", SECTIONS.primitives] as const);
  return (
    <ClockProvider now={NOW}>
      <main id="main" className="mx-auto flex max-w-6xl flex-col gap-6 p-3 wide:p-6">
        <header className="flex flex-wrap items-center gap-3">
          <h1 className="font-semibold text-20">Gallery</h1>
          <nav aria-label="Sections" className="mr-auto flex flex-wrap gap-3">
            {Object.entries(SECTIONS).map(([name, { title }]) => (
              <Link
                key={name}
                href={`/gallery?section=${name}`}
                aria-current={name === key ? "page" : undefined}
                className="text-accent-text hover:underline aria-[current]:font-semibold"
              >
                {title}
              </Link>
            ))}
          </nav>
          <ThemeSwitch />
        </header>
        <h2 className="border-b pb-1 font-semibold text-16">{title}</h2>
        {list(recordings).map(({ name, content }) => (
          <article key={name} id={toId(name)} data-story={name} className="min-w-0">
            <h3 className="mb-2 text-12 text-ink-3">{name}</h3>
            <Boundary>{content}</Boundary>
          </article>
        ))}
      </main>
    </ClockProvider>
  );
}

const toId = (name: string) => name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
