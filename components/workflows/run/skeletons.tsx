import { Skeleton, SkeletonRows } from "@/components/ui/feedback/skeleton";

export function WorkflowListSkeleton() {
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-hidden bg-surface">
      <div className="h-22 shrink-0 border-b" />
      <SkeletonRows rows={20} columns={7} />
    </div>
  );
}

export function RunPageSkeleton() {
  return (
    <div className="flex flex-1 flex-col bg-surface">
      <div className="flex flex-col gap-4 px-3 py-4 wide:px-4">
        <Skeleton className="h-5 w-64" />
        <Skeleton className="w-96 max-w-full" />
      </div>
      <div className="h-8 border-b" />
      <SkeletonRows rows={8} columns={4} />
    </div>
  );
}
