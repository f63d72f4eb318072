import { assumeViewer, UNRESTRICTED } from "@/lib/db/viewer";

// Query tests have no request. Tests of routes and actions are limited by the identity that they authorise.
assumeViewer(UNRESTRICTED);
