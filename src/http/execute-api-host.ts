/** What the name of a host says. */
interface NamedByHost {
  readonly api?: string;
  readonly endpoint?: string;
  readonly region?: string;
}

/**
 * Amazon API Gateway Developer Guide, "Invoke a private API": `{api}.execute-api.{region}.amazonaws.com` with private DNS,
 * `{api}-{vpce}.execute-api.…` by a Route 53 alias, and `{vpce}-{suffix}.execute-api.{region}.vpce.amazonaws.com`, the
 * endpoint's own name, which says nothing of the API.
 */
const OF_API =
  /^(?<api>[a-z0-9]{1,64}?)(?:-(?<endpoint>vpce-[a-z0-9]+))?\.execute-api\.(?<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;
const OF_ENDPOINT =
  /^(?<endpoint>vpce-[a-z0-9]+)-[a-z0-9-]+\.execute-api\.(?<region>[a-z0-9-]+)\.vpce\.amazonaws\.com(?:\.cn)?$/;

/** @param host as in the header, with or without a port. @returns nothing for a host that is not named by AWS */
export function namedByHost(host: string): NamedByHost {
  if (host.length > 255) return {};
  const name = host.toLowerCase().replace(/:\d{1,5}$/, '');
  return { ...(OF_API.exec(name) ?? OF_ENDPOINT.exec(name))?.groups };
}
