/** The response header in which the server names its deployment. */
export const DEPLOYMENT_HEADER = "X-Deployment";

/**
 * The deployment of this code: of the page in a browser, of the build on the server. `undefined` in development.
 * `deploymentId` in `next.config.js` sets it.
 */
export const DEPLOYMENT_ID: string | undefined = process.env.NEXT_DEPLOYMENT_ID || undefined;
