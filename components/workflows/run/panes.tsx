import type { ReactNode } from "react";

/** A picture at the left and tabs at the right; on a narrow screen one below the other, each as high as it is. */
export function Panes({ picture, children }: { picture: ReactNode; children: ReactNode }) {
  return (
    <div className="flex flex-1 flex-col wide:grid wide:min-h-0 wide:grid-cols-[minmax(0,11fr)_minmax(0,10fr)]">
      <div className="flex min-h-40 min-w-0 shrink-0 flex-col border-b bg-canvas wide:min-h-0 wide:border-r wide:border-b-0">
        {picture}
      </div>
      <div className="flex min-w-0 flex-col pt-1 wide:min-h-0 [&>[role=tabpanel]]:flex [&>[role=tabpanel]]:min-h-0 [&>[role=tabpanel]]:flex-1 [&>[role=tabpanel]]:flex-col [&>[role=tabpanel]]:overflow-auto">
        {children}
      </div>
    </div>
  );
}
