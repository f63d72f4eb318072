import { assumeViewer, UNRESTRICTED } from "@/lib/db/viewer";

// Tests of queries have no request. Those of routes and actions are limited by the identity that they authorise.
assumeViewer(UNRESTRICTED);
