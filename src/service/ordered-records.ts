import type { ApiBody, ContextBody, EndpointBody } from './records.js';

/**
 * Records with all their members in one order, so that equal records are equal texts: in JSON the order of members says
 * nothing (RFC 8259, section 1). That of a list is part of what was written, and stays: values, and methods too, though
 * no decision depends on it.
 */

// Members that are undefined do not reach the text.
export const orderedEndpoint = ({ vpcId, region, policy, context, description }: EndpointBody): EndpointBody =>
  ({ vpcId, region, policy, context: context && byName(context), description }) as EndpointBody;

export const orderedApi = (body: ApiBody): ApiBody => {
  const { accountId, region, partition, endpointType, policy, authorizationType, methods, context, description } = body;
  return {
    accountId,
    region,
    partition,
    endpointType,
    policy,
    authorizationType,
    methods: methods?.map(orderedMethod),
    context: context && byName(context),
    description,
  } as ApiBody;
};

type ApiMethod = NonNullable<ApiBody['methods']>[number];

const orderedMethod = ({ stage, httpMethod, path, authorizationType }: ApiMethod) =>
  ({ stage, httpMethod, path, authorizationType }) as ApiMethod;

const byName = (context: ContextBody): ContextBody =>
  Object.fromEntries(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1)));
